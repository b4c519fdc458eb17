using Google.Protobuf.WellKnownTypes;
using Mars.V1;

namespace Mars.Client;

/// <summary>The first message of a stream.</summary>
internal static class OpenRequest
{
    public static OpenStream From(CameraOptions options, (ulong After, WindowPosition? Position) resume) => new()
    {
        CameraId = options.CameraId,
        Model = options.Model,
        Stride = (uint)options.Stride,
        Mode = options.Mode,
        TopK = (uint)options.TopK,
        MinScore = options.MinScore,
        Events = options.Events,
        ResumeAfter = resume.After,
        ResumePosition = resume.Position,
        Deadline = options.Deadline is { } deadline ? Duration.FromTimeSpan(deadline) : null,
    };
}
