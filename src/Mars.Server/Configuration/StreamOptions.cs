using System.ComponentModel.DataAnnotations;
using System.IO.Enumeration;
using Mars.Inference.Batching;
using Mars.Inference.Frames;
using Microsoft.Extensions.Options;

namespace Mars.Server.Configuration;

/// <summary>Cameras of a common weight.</summary>
public sealed class PriorityClass
{
    /// <summary>Patterns of camera ids, in which * stands for anything.</summary>
    public List<string> Cameras { get; set; } = [];

    /// <summary>How many times as often as a camera of weight 1 they are served.</summary>
    [Range(0.01, 100)]
    public double Weight { get; set; } = 1;
}

/// <summary>Section Mars:Streams: what a camera may do, and what it gets when it does not say.</summary>
public sealed class StreamOptions
{
    public const string Section = "Mars:Streams";

    /// <summary>Frames, at the model's rate, between windows.</summary>
    [Range(1, 250)]
    public int DefaultStride { get; set; } = 4;

    /// <summary>The largest stride a camera may ask for: its ring holds clip length + 2 * stride frames.</summary>
    [Range(1, 250)]
    public int MaxStride { get; set; } = 100;

    /// <summary>Every-window mode: windows of a camera that may be under way at once.</summary>
    [Range(1, 64)]
    public int WindowsInFlight { get; set; } = 8;

    /// <summary>Seconds of silence after which the window is emptied.</summary>
    [Range(0.05, 3600)]
    public double MaxGapSeconds { get; set; } = 1;

    /// <summary>Seconds after which a live window is not worth a run any more; it is its stride and two runs of the model where that is less and the stream gives no deadline.</summary>
    [Range(0.05, 3600)]
    public double LiveDeadlineSeconds { get; set; } = 2;

    /// <summary>Seconds that a frame of a live camera may wait to be decoded when a newer one is there; later it is left out.</summary>
    [Range(0.01, 60)]
    public double FrameDeadlineSeconds { get; set; } = 0.2;

    /// <summary>Threads that decode frames; 0 means one for each core.</summary>
    [Range(0, 256)]
    public int DecoderThreads { get; set; }

    /// <summary>Cameras connected at once, at most.</summary>
    [Range(1, 100_000)]
    public int MaxCameras { get; set; } = 5000;

    /// <summary>Bytes of one message, at most: a frame, or a whole video for Recognize.</summary>
    [Range(1 << 16, 1 << 30)]
    public int MaxMessageBytes { get; set; } = 32 << 20;

    /// <summary>Seconds of video that Recognize takes, at most.</summary>
    [Range(1, 3600)]
    public double MaxVideoSeconds { get; set; } = 120;

    /// <summary>Seconds that decoding a video for Recognize may take, at most.</summary>
    [Range(0.001, 3600)]
    public double MaxDecodeSeconds { get; set; } = 60;

    /// <summary>Seconds without a frame after which a stream is ended; 0 means never: a camera may be silent.</summary>
    [Range(0, 86_400)]
    public double IdleSeconds { get; set; }

    /// <summary>Seconds of silence after which a connection is asked for a sign of life; as many again without one, and it is closed.</summary>
    [Range(1, 3600)]
    public double KeepAliveSeconds { get; set; } = 20;

    /// <summary>Connections at once, at most, of callers known or not.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>Shortest side of a frame, in pixels.</summary>
    [Range(1, 4096)]
    public int MinFrameSide { get; set; } = 16;

    /// <summary>Longest side of a frame, in pixels.</summary>
    [Range(16, 65535)]
    public int MaxFrameSide { get; set; } = 8192;

    /// <summary>Pixels of a frame, at most.</summary>
    [Range(256, 1 << 30)]
    public int MaxFramePixels { get; set; } = 7680 * 4320;

    /// <summary>Replies that wait for a slow reader, at most; past it the oldest predictions are dropped (live mode).</summary>
    [Range(8, 10_000)]
    public int MaxReplies { get; set; } = 64;

    /// <summary>Seconds that open streams get to end when the server stops.</summary>
    [Range(0, 600)]
    public double DrainSeconds { get; set; } = 15;

    /// <summary>What the server may do about too much load: 0 nothing, 1 to 4 double the strides of live streams each, 5 refuse new streams too, 6 and 7 double the strides again.</summary>
    [Range(0, DegradationLadder.Last)]
    public int MaxDegradation { get; set; } = DegradationLadder.Last;

    /// <summary>Classes of cameras that are served more often, or less, than the others when there is not enough for all; by name, as entrance.</summary>
    public Dictionary<string, PriorityClass> Priorities { get; set; } = [];

    /// <summary>Events of cameras that ask for none.</summary>
    [ValidateObjectMembers]
    public EventDefaults Events { get; set; } = new();

    internal double WeightOf(string camera) =>
        Priorities.Values.FirstOrDefault(p => p.Cameras.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, camera, ignoreCase: false)))?.Weight ?? 1;

    internal FrameLimits ToFrameLimits() => new() { MinSide = MinFrameSide, MaxSide = MaxFrameSide, MaxPixels = MaxFramePixels };
}
