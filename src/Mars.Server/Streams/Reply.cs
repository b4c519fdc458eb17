using Mars.V1;

namespace Mars.Server.Streams;

/// <summary>A message on its way out.</summary>
/// <param name="Message">What is to be written.</param>
/// <param name="Received">For a prediction: time stamp of its last frame's arrival.</param>
internal readonly record struct Reply(RecognizeStreamResponse Message, long Received = 0)
{
    public bool IsPrediction => Message.MessageCase == RecognizeStreamResponse.MessageOneofCase.Prediction;
}
