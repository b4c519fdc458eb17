using System.Diagnostics;
using Mars.V1;

namespace Mars.Server.Streams;

/// <summary>A message on its way out.</summary>
/// <param name="Message">What is to be written.</param>
/// <param name="Received">For a prediction: time stamp of its last frame's arrival.</param>
/// <param name="Model">For a prediction: name/version of the model that made it.</param>
/// <param name="Trace">For a prediction: the span of its window, if that is traced.</param>
internal readonly record struct Reply(RecognizeStreamResponse Message, long Received = 0, string Model = "", Activity? Trace = null)
{
    public bool IsPrediction => Message.MessageCase == RecognizeStreamResponse.MessageOneofCase.Prediction;
}
