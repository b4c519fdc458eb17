using Mars.Inference.Windowing;
using Mars.V1;

namespace Mars.Server.Streams;

/// <summary>Where the reading half of a camera session sends what it makes of frames.</summary>
internal interface IWindowConsumer
{
    /// <summary>By what the stride of live streams is multiplied now.</summary>
    int StrideFactor { get; }

    /// <summary>A window is complete. In every-window mode it waits for room.</summary>
    ValueTask EnqueueAsync(Window window, CancellationToken cancellation);

    /// <summary>Every-window: waits until no window waits for its copy any more.</summary>
    ValueTask WhenTakenAsync(CancellationToken cancellation);

    /// <summary>A frame waited for too long and is left out.</summary>
    void Late(ulong sequence);

    /// <summary>Something that the camera should know.</summary>
    void Tell(Notice notice);
}
