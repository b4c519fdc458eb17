using System.Text.RegularExpressions;
using Mars.Client.Cameras;
using OpenCvSharp;

namespace Mars.Client.Sources;

/// <summary>A folder of pictures in the order of their names, the numbers in them as numbers.</summary>
internal sealed partial class ImageFolderSource : IFrameSource
{
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"];

    private readonly string[] _files;
    private int _next;

    public ImageFolderSource(string folder, double frameRate)
    {
        Name = StableId.OfName(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))));
        FrameRate = frameRate;
        _files = [.. Directory.EnumerateFiles(folder)
            .Where(f => Extensions.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase))
            .OrderBy(f => Digits().Replace(Path.GetFileName(f), m => m.Value.PadLeft(20, '0')), StringComparer.Ordinal)];
        if (_files.Length == 0)
            throw new SourceException($"{folder} holds no pictures ({string.Join(' ', Extensions)})");
    }

    public string Name { get; }

    public bool IsLive => false;

    public double FrameRate { get; }

    public bool TryRead(SourceFrame frame, CancellationToken cancellationToken)
    {
        if (_next == _files.Length)
            return false;
        var path = _files[_next];
        var bytes = File.ReadAllBytes(path);
        using var pixels = bytes.Length == 0 ? new Mat() : Mat.ImDecode(bytes);
        pixels.CopyTo(frame.Pixels);
        // What cannot be decoded here goes to the server as it is: it says what is wrong with it.
        var sendable = Path.GetExtension(path).ToUpperInvariant() is ".JPG" or ".JPEG" or ".PNG";
        if (pixels.Empty() && !sendable)
            throw new SourceException($"{path} is not a picture that can be read");
        frame.Encoded = sendable ? bytes : null;
        frame.Time = TimeSpan.FromSeconds(_next++ / FrameRate);
        return true;
    }

    public void Dispose()
    {
    }

    [GeneratedRegex(@"\d+", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();
}
