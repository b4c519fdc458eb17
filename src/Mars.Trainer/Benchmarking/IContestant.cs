using System.Diagnostics;
using Mars.Inference.Sessions;

namespace Mars.Trainer.Benchmarking;

/// <summary>Something that runs a network, to be timed.</summary>
internal interface IContestant : IDisposable
{
    /// <summary>Of its row and of its key in JSON, as ours_int8.</summary>
    string Name { get; }

    /// <summary>Clips of one run.</summary>
    int Batch { get; }

    /// <summary>Milliseconds of one run.</summary>
    double Run();
}

/// <summary>Windows of one camera, a stride apart.</summary>
/// <param name="name">Of the row.</param>
/// <param name="session">Owned by the caller.</param>
/// <param name="stride">Frames.</param>
internal sealed class ReuseContestant(string name, StemReuseSession session, int stride) : IContestant
{
    private readonly object _camera = new();
    private long _tick;

    public string Name => name;

    public int Batch => 1;

    public double Run()
    {
        session.Place(0, _camera, _tick += stride);
        var start = Stopwatch.GetTimestamp();
        session.Run(1);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    public void Dispose()
    {
        // The session is its owner's.
    }
}

/// <summary>A graph in ONNX Runtime, as the server runs it.</summary>
internal sealed class SessionContestant : IContestant
{
    private readonly OrtClipSession _session;

    /// <param name="name">Of the row.</param>
    /// <param name="session">Owned by the caller: several rows may share one.</param>
    /// <param name="batch">Clips of one run.</param>
    public SessionContestant(string name, OrtClipSession session, int batch)
    {
        (Name, _session, Batch) = (name, session, batch);
        var random = new Random(1);
        for (var i = 0; i < batch; i++)
            random.NextBytes(session.Input(i));
    }

    public string Name { get; }

    public int Batch { get; }

    public double Run()
    {
        var start = Stopwatch.GetTimestamp();
        _session.Run(Batch);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    public void Dispose()
    {
        // The session is its owner's.
    }
}
