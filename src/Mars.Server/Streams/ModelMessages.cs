using Mars.Inference.Models;
using Mars.V1;

namespace Mars.Server.Streams;

/// <summary>Models as messages.</summary>
internal static class ModelMessages
{
    public static ModelRef ToRef(this ServedModel model) => new() { Name = model.Package.Manifest.Name, Version = model.Package.Manifest.Version };

    public static ModelInfo ToInfo(this ServedModel model, bool isDefault)
    {
        var manifest = model.Package.Manifest;
        var info = new ModelInfo
        {
            Model = model.ToRef(),
            Kind = manifest.Kind,
            Precision = manifest.Precision,
            ExecutionProvider = model.Provider.ToString().ToLowerInvariant(),
            ClipLength = (uint)manifest.ClipLength,
            FrameRate = manifest.FrameRate,
            IsDefault = isDefault,
        };
        info.Labels.AddRange(model.Package.Labels);
        return info;
    }
}
