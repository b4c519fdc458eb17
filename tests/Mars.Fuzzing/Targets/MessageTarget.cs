using System.Diagnostics.Metrics;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Mars.Inference.Diagnostics;
using Mars.Inference.Models;
using Mars.Inference.Serving;
using Mars.Inference.Windowing;
using Mars.Server.Configuration;
using Mars.Server.Streams;
using Mars.V1;
using Microsoft.Extensions.Options;

namespace Mars.Fuzzing.Targets;

/// <summary>Messages of a stream: the opening is read, frames go into a camera's window that has seen all the frames before them.</summary>
internal sealed class MessageTarget : IFuzzTarget
{
    private readonly ModelCatalog _models = new();
    private readonly InferenceMetrics _metrics = new(new Meters());
    private readonly FrameDecoders _decoders;
    private readonly StreamServices _services;
    private readonly FrameIntake _intake;

    public MessageTarget()
    {
        var folder = Path.Combine(Root(), "models");
        var serving = new ServingOptions { Folder = folder };
        var package = ModelRepository.Read(folder, out _).First(p => p.Members.Count == 0);
        _models.Serve([new ModelOpener(serving, _metrics, TimeProvider.System, e => throw e).Open(package)], serving);
        var options = Options.Create(new StreamOptions { MaxGapSeconds = 1 });
        _decoders = new FrameDecoders(options);
        _services = new StreamServices(options, _metrics, new CameraRegistry(options), _decoders, TimeProvider.System);
        var model = _models.Default!;
        _intake = new FrameIntake(
            new StreamSettings { CameraId = "a", Model = model, Stride = 4, EveryWindow = true, TopK = 5 }, _services, new CameraStatus("a", model.Package.ToRef(), TimeProvider.System), new Nobody());
        Samples =
        [
            new RecognizeStreamRequest
            {
                Open = new OpenStream
                {
                    CameraId = "camera", Model = package.Manifest.Name, Stride = 4, TopK = 5, MinScore = 0.5, Mode = DeliveryMode.EveryWindow, ResumeAfter = 7, ResumePosition = new WindowPosition { Start = new Timestamp { Seconds = 1_800_000_000 }, Tick = 15 }, Deadline = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)),
                    Events = new EventOptions { EnterScore = 0.6, ExitScore = 0.4, Smoothing = 0.5, MinDuration = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)), Labels = { package.Labels[0] } },
                },
            }.ToByteArray(),
            Frame(1, PixelFormat.Rgb24, 8, 6).ToByteArray(),
            Frame(2, PixelFormat.Bgr24, 16, 16).ToByteArray(),
            Frame(3, PixelFormat.Unspecified, 0, 0).ToByteArray(),
        ];
    }

    public IReadOnlyList<byte[]> Samples { get; }

    public bool Refuses(byte[] input)
    {
        try
        {
            var message = RecognizeStreamRequest.Parser.ParseFrom(input);
            if (message.MessageCase == RecognizeStreamRequest.MessageOneofCase.Open)
                StreamSettings.Read(message.Open, _models, _services.Options);
            else if (message.MessageCase == RecognizeStreamRequest.MessageOneofCase.Frame)
                _intake.AcceptAsync(message.Frame, 0, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            return false;
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or RpcException { StatusCode: StatusCode.InvalidArgument or StatusCode.NotFound })
        {
            return true;
        }
    }

    public void Dispose()
    {
        _models.Dispose();
        _decoders.Dispose();
        _metrics.Dispose();
    }

    private static RecognizeStreamRequest Frame(int sequence, PixelFormat format, int width, int height) => new()
    {
        Frame = new Frame
        {
            Sequence = (ulong)sequence,
            CaptureTime = new Timestamp { Seconds = 1_800_000_000, Nanos = sequence * 40_000_000 },
            Data = ByteString.CopyFrom(new byte[width * height * 3]),
            Format = format,
            Width = (uint)width,
            Height = (uint)height,
        },
    };

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Mars.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("run this from within the repository");
        return folder;
    }

    private sealed class Nobody : IWindowConsumer
    {
        public int StrideFactor => 1;

        public ValueTask EnqueueAsync(Window window, CancellationToken cancellation) => ValueTask.CompletedTask;

        public ValueTask WhenTakenAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

        public void Late(ulong sequence)
        {
            // Nobody counts.
        }

        public void Tell(Notice notice)
        {
            // Nobody listens.
        }
    }

    private sealed class Meters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
            // A meter is its owner's.
        }
    }
}
