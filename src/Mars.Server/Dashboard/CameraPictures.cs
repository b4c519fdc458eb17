using Mars.Inference.Frames;
using Mars.Inference.Postprocessing;
using Mars.Inference.Serving;
using Mars.Inference.Sessions;
using Mars.Server.Configuration;
using Mars.Server.Streams;
using Microsoft.Extensions.Options;

namespace Mars.Server.Dashboard;

/// <summary>
/// What a camera sees and where its model looks, made of the frames that are in its window anyway when somebody asks. Pictures leave only where that is switched on; without
/// them a map lies on grey.
/// </summary>
internal sealed class CameraPictures(CameraRegistry cameras, ModelCatalog models, IOptions<PageOptions> page) : IDisposable
{
    private const int MapSide = 448;

    private readonly SemaphoreSlim _one = new(1);
    private ModelMapper? _mapper;

    /// <summary>The newest frame as a JPEG; null if there is none, or pictures are off.</summary>
    public byte[]? Newest(string camera) =>
        page.Value.Pictures && Clip(camera, newestOnly: true) is var (frame, model) ? FramePicture.Jpeg(frame, model.Scheduler.Shape.Size) : null;

    /// <summary>Where the model sees a class in the newest window, as a PNG.</summary>
    /// <param name="camera">Its id.</param>
    /// <param name="label">Of the class; null for the best one.</param>
    /// <param name="cancellation">Nobody waits any more.</param>
    /// <exception cref="InvalidDataException">The model cannot say, or has no such label.</exception>
    /// <returns>Null if the camera is not connected or has no window yet.</returns>
    public async Task<CameraMap?> MapAsync(string camera, string? label, CancellationToken cancellation)
    {
        // One at a time and on one core: looking must not take the machine from the cameras.
        await _one.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return Clip(camera, newestOnly: false) is var (clip, model) ? await Task.Run(() => Map(clip, model, label), cancellation).ConfigureAwait(false) : null;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose()
    {
        _mapper?.Dispose();
        _one.Dispose();
    }

    private CameraMap Map(byte[] clip, ServedModel model, string? label)
    {
        if (!model.HasActivationMaps)
            throw new InvalidDataException($"{model.Key} cannot say where it looks: its graph has no output '{OrtClipSession.ActivationMapsName}'. A model that is exported again has it.");
        var maps = Mapper(model).Run(clip);
        var labels = model.Package.Labels;
        var scores = new float[labels.Count];
        Softmax.Compute(maps.Logits, scores);
        var shown = label is null ? Array.IndexOf(scores, scores.Max()) : Array.IndexOf([.. labels], label);
        if (shown < 0)
            throw new InvalidDataException($"'{label}' is not a label of {model.Key}");
        var shape = model.Scheduler.Shape;
        var newest = page.Value.Pictures ? clip[^shape.FrameBytes..] : null;
        return new CameraMap(FramePicture.HeatPng(OverTime(maps, shown), maps.Height, maps.Width, newest, shape.Size, MapSide), labels[shown], scores[shown]);
    }

    private static float[] OverTime(ClassMaps maps, int label)
    {
        var map = maps.Of(label);
        var mean = new float[maps.Height * maps.Width];
        for (var i = 0; i < map.Length; i++)
            mean[i % mean.Length] += map[i] / maps.Time;
        return mean;
    }

    // One model's graph is kept, the one that was asked last.
    private ModelMapper Mapper(ServedModel model)
    {
        if (_mapper?.Package != model.Package)
        {
            _mapper?.Dispose();
            _mapper = null;
            _mapper = new ModelMapper(model.Package);
        }
        return _mapper;
    }

    private (byte[] Clip, ServedModel Model)? Clip(string camera, bool newestOnly)
    {
        if (cameras.Look(camera) is not var (frames, name) || models.Find($"{name.Name}/{name.Version}") is not { } model)
            return null;
        var shape = model.Scheduler.Shape;
        var clip = new byte[newestOnly ? shape.FrameBytes : shape.ClipBytes];
        return frames.CopyNewest(clip) > 0 ? (clip, model) : null;
    }
}

/// <summary>A map as a picture.</summary>
/// <param name="Png">The picture.</param>
/// <param name="Label">Whose map it is.</param>
/// <param name="Score">Of the class in that window.</param>
internal sealed record CameraMap(byte[] Png, string Label, double Score);
