using Mars.Inference.Diagnostics;
using Mars.Server.Configuration;
using Microsoft.Extensions.Options;

namespace Mars.Server.Streams;

/// <summary>What every camera session needs of the server.</summary>
internal sealed record StreamServices(IOptions<StreamOptions> StreamOptions, InferenceMetrics Metrics, CameraRegistry Cameras, FrameDecoders Decoders, TimeProvider Time)
{
    public StreamOptions Options => StreamOptions.Value;
}
