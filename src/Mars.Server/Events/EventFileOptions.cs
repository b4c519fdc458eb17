using System.ComponentModel.DataAnnotations;

namespace Mars.Server.Events;

/// <summary>Mars:Events:File: a file of JSON lines.</summary>
public sealed class EventFileOptions
{
    /// <summary>The file; empty: none. Its folder is made.</summary>
    public string Path { get; set; } = "";

    /// <summary>Bytes after which it is put aside as Path.1, and what was Path.1 as Path.2, and so on.</summary>
    [Range(1024, 1L << 40)]
    public long MaxBytes { get; set; } = 64 << 20;

    /// <summary>Files put aside that are kept.</summary>
    [Range(0, 1000)]
    public int Keep { get; set; } = 5;

    /// <summary>Patterns of camera ids, in which * stands for anything; none means all.</summary>
    public List<string> Cameras { get; set; } = [];

    /// <summary>Patterns of labels; none means all.</summary>
    public List<string> Labels { get; set; } = [];
}
