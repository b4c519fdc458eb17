using Mars.Inference.Models;
using Mars.Inference.Serving;
using Mars.V1;

namespace Mars.Server.Streams;

/// <summary>Models as messages.</summary>
internal static class ModelMessages
{
    public static ModelRef ToRef(this ModelPackage package) => new() { Name = package.Manifest.Name, Version = package.Manifest.Version };

    public static ModelInfo ToInfo(this ServedModel model, bool isDefault)
    {
        var manifest = model.Package.Manifest;
        var info = new ModelInfo
        {
            Model = model.Package.ToRef(),
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
