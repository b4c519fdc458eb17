using System.Globalization;
using Mars.Synthesis;
using OpenCvSharp;

namespace Mars.Client.Sources;

/// <summary>A camera that needs none: a rendered figure that does one thing after another, in a new scene every twenty seconds, without end.</summary>
internal sealed class SyntheticSource : IFrameSource
{
    /// <summary>What its names begin with: synthetic: and synthetic:N, each N another camera.</summary>
    public const string Prefix = "synthetic:";

    // Seeds below are for training and testing (DemoCommand); each camera has a block of scenes.
    private const int FirstSeed = 2_000_000;
    private const int ScenesOfOne = 100_000;
    private const double SceneSeconds = 20;

    private readonly int _firstScene;
    private IEnumerator<Mat>? _scene;
    private int _scenes;
    private long _frames;

    /// <exception cref="SourceException">What follows the prefix is not a number.</exception>
    public SyntheticSource(string source)
    {
        var number = source[Prefix.Length..];
        var camera = 0;
        if (number.Length > 0 && !(int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out camera) && camera <= 9999))
            throw new SourceException($"{source}: give a rendered camera as {Prefix} or {Prefix}N with N up to 9999");
        Name = number.Length == 0 ? "synthetic" : $"synthetic-{camera}";
        _firstScene = FirstSeed + (camera * ScenesOfOne);
    }

    public string Name { get; }

    public bool IsLive => false;

    public double FrameRate => 25;

    public bool TryRead(SourceFrame frame, CancellationToken cancellationToken)
    {
        while (_scene is null || !_scene.MoveNext())
        {
            _scene?.Dispose();
            _scene = SyntheticVideo.Sequence(null, _firstScene + (_scenes++ % ScenesOfOne), SceneSeconds).Render().GetEnumerator();
        }
        _scene.Current.CopyTo(frame.Pixels);
        frame.Time = TimeSpan.FromSeconds(_frames++ / FrameRate);
        return !cancellationToken.IsCancellationRequested;
    }

    public void Dispose() => _scene?.Dispose();
}
