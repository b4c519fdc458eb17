namespace Mars.Server.Events;

/// <summary>
/// The events that a sink has not taken yet, oldest first. Bounded: when it is full the oldest is dropped. With a path they outlive the server: each is written to a file
/// before it is tried, a line "+" and its JSON, and a line "-" when the oldest is done with. What was written is safe when the process dies, not when the power fails.
/// One thread adds, one takes.
/// </summary>
internal sealed class EventSpool : IDisposable
{
    private const int DeadLines = 1000;

    private readonly Queue<SinkEvent> _events = new();
    private readonly SemaphoreSlim _changed = new(0);
    private readonly Lock _lock = new();
    private readonly string? _path;
    private readonly int _capacity;
    private FileStream? _file;
    private int _dead; // lines of the file that stand for nothing any more
    private bool _completed;

    /// <param name="path">Null: in memory only.</param>
    /// <param name="capacity">Events, at most.</param>
    /// <exception cref="IOException">The file cannot be written, or another server has it.</exception>
    public EventSpool(string? path, int capacity)
    {
        _path = path;
        _capacity = capacity;
        if (path is null)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        Load(_file);
        Rewrite();
    }

    public int Count
    {
        get
        {
            lock (_lock)
                return _events.Count;
        }
    }

    /// <returns>False if the oldest had to go to make room.</returns>
    public bool Add(SinkEvent action)
    {
        bool full;
        lock (_lock)
        {
            _events.Enqueue(action);
            full = _events.Count > _capacity;
            if (full)
                _events.Dequeue();
            Append(file =>
            {
                WriteAdded(file, action);
                if (full)
                    WriteDone(file);
            });
            Signal();
        }
        return !full;
    }

    /// <summary>Waits for an event, and gives the oldest, which stays; null when it is complete and empty.</summary>
    public async Task<SinkEvent?> PeekAsync(CancellationToken cancellation)
    {
        while (true)
        {
            lock (_lock)
            {
                if (_events.TryPeek(out var oldest))
                    return oldest;
                if (_completed)
                    return null;
            }
            await _changed.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The event is done with. It may have been dropped meanwhile.</summary>
    public void Remove(SinkEvent action)
    {
        lock (_lock)
        {
            if (!_events.TryPeek(out var oldest) || !ReferenceEquals(oldest, action))
                return;
            _events.Dequeue();
            Append(WriteDone);
        }
    }

    /// <summary>Nothing more will be added.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _completed = true;
            Signal();
        }
    }

    public void Dispose()
    {
        _file?.Dispose();
        _changed.Dispose();
    }

    private void Signal()
    {
        if (_changed.CurrentCount == 0)
            _changed.Release();
    }

    private void Load(FileStream file)
    {
        using var reader = new StreamReader(file, leaveOpen: true);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('-'))
                _events.TryDequeue(out _);
            else if (line.StartsWith('+') && EventJson.Read(System.Text.Encoding.UTF8.GetBytes(line[1..])) is { } action)
                _events.Enqueue(action);
        }
        while (_events.Count > _capacity)
            _events.Dequeue();
    }

    // A full disk must not stop deliveries: what cannot be written is in memory, and the whole file is written anew when there is room again.
    private void Append(Action<FileStream> write)
    {
        if (_path is null)
            return;
        try
        {
            if (_file is null || _dead > DeadLines + (2 * _events.Count))
            {
                Rewrite();
                return;
            }
            write(_file);
            _file.Flush();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private void Rewrite()
    {
        var fresh = $"{_path}.new";
        using (var file = File.Create(fresh))
        {
            foreach (var action in _events)
                WriteAdded(file, action);
        }
        _file?.Dispose();
        _file = null;
        File.Move(fresh, _path!, overwrite: true);
        _file = new FileStream(_path!, FileMode.Append, FileAccess.Write, FileShare.None);
        _dead = 0;
    }

    private static void WriteAdded(FileStream file, SinkEvent action)
    {
        file.Write("+"u8);
        file.Write(EventJson.Write(action));
        file.Write("\n"u8);
    }

    private void WriteDone(FileStream file)
    {
        file.Write("-\n"u8);
        _dead += 2;
    }
}
