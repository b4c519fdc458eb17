using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using KServe.V2;
using Mars.Client.Tests.Support;
using Mars.Server.Security;
using Mars.Server.Tests.Security;
using Mars.V1;

namespace Mars.Server.Tests.KServe;

/// <summary>The Open Inference Protocol against a real server, with the model that tells colours: logits = (mean red, green, blue) / 8.</summary>
public sealed class KServeTests(KServeTests.ColourServer colour) : IClassFixture<KServeTests.ColourServer>
{
    private const int ClipValues = 16 * 112 * 112 * 3;

    [Fact]
    public async Task Descriptions_OfAServer_AreTriton()
    {
        var server = colour.Server;
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(server.Channel);
        var cancel = TestContext.Current.CancellationToken;
        Assert.True((await client.ServerLiveAsync(new ServerLiveRequest(), cancellationToken: cancel)).Live);
        Assert.True((await client.ServerReadyAsync(new ServerReadyRequest(), cancellationToken: cancel)).Ready);
        Assert.True((await client.ModelReadyAsync(new ModelReadyRequest { Name = "colour", Version = "1" }, cancellationToken: cancel)).Ready);
        Assert.False((await client.ModelReadyAsync(new ModelReadyRequest { Name = "colour", Version = "2" }, cancellationToken: cancel)).Ready);
        Assert.Equal("mars", (await client.ServerMetadataAsync(new ServerMetadataRequest(), cancellationToken: cancel)).Name);

        var metadata = await client.ModelMetadataAsync(new ModelMetadataRequest { Name = "colour" }, cancellationToken: cancel);
        Assert.Equal(["1"], metadata.Versions);
        Assert.Equal(("clip", "UINT8"), (metadata.Inputs.Single().Name, metadata.Inputs.Single().Datatype));
        Assert.Equal([-1, 16, 112, 112, 3], metadata.Inputs.Single().Shape);
        Assert.Equal([("logits", "FP32"), ("scores", "FP32")], metadata.Outputs.Select(o => (o.Name, o.Datatype)));
        Assert.All(metadata.Outputs, o => Assert.Equal([-1, 3], o.Shape));

        var config = (await client.ModelConfigAsync(new ModelConfigRequest { Name = "colour" }, cancellationToken: cancel)).Config;
        Assert.Equal((8, "colour"), (config.MaxBatchSize, config.Name));
        Assert.Equal([16, 112, 112, 3], config.Input.Single().Dims);
        Assert.Equal([("colour", "1", "READY")], (await client.RepositoryIndexAsync(new RepositoryIndexRequest(), cancellationToken: cancel)).Models.Select(m => (m.Name, m.Version, m.State)));
    }

    [Theory]
    [InlineData("UINT8", true, 1)]
    [InlineData("UINT8", true, 21)] // more than a batch, and more than may be under way
    [InlineData("UINT8", false, 1)]
    [InlineData("FP32", true, 3)]
    [InlineData("FP32", false, 1)]
    public async Task Infer_ClipsOfColours_LogitsAndScoresOfEach(string datatype, bool raw, int clips)
    {
        var server = colour.Server;
        var request = Request(datatype, raw, clips);
        request.Id = "7";
        var response = await InferAsync(server, request);
        Assert.Equal(("7", "colour", "1"), (response.Id, response.ModelName, response.ModelVersion));
        Assert.Equal(["logits", "scores"], response.Outputs.Select(o => o.Name));
        Assert.All(response.Outputs, o => Assert.Equal([clips, 3], o.Shape));
        var (logits, scores) = (Values(response, 0), Values(response, 1));
        for (var clip = 0; clip < clips; clip++)
        {
            for (var channel = 0; channel < 3; channel++)
                Assert.Equal(Colour(clip, channel) / 8.0, logits[(clip * 3) + channel], 1e-3);
            Assert.Equal(1, scores.Skip(clip * 3).Take(3).Sum(), 1e-5);
        }
    }

    [Fact]
    public async Task Infer_WhatRecognizeTakesAsFrames_SameLogits()
    {
        await using var server = await RunningServer.StartAsync();
        var size = RunningServer.ModelSize;
        var frameValues = size * size * 3;
        var pixels = new byte[16 * frameValues];
        new Random(5).NextBytes(pixels);
        var frames = new RecognizeRequest { TopK = 100, Frames = new FrameSequence { FrameRate = 25 } };
        for (var i = 0; i < 16; i++)
            frames.Frames.Frames.Add(new Frame { Sequence = (ulong)i + 1, Format = PixelFormat.Rgb24, Width = (uint)size, Height = (uint)size, Data = ByteString.CopyFrom(pixels, i * frameValues, frameValues) });
        var expected = await server.Client.RecognizeAsync(frames, cancellationToken: TestContext.Current.CancellationToken);

        var response = await InferAsync(server, new ModelInferRequest { ModelName = expected.Model.Name, Inputs = { Input("UINT8", 1, size) }, RawInputContents = { ByteString.CopyFrom(pixels) } });
        var logits = Values(response, 0);
        Assert.Equal(expected.Actions.OrderBy(a => a.Index).Select(a => Math.Round(a.Logit, 3)), logits.Select(l => Math.Round((double)l, 3)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Infer_WithClassification_BestClassesAsText(bool raw)
    {
        var server = colour.Server;
        var request = Request("UINT8", raw, clips: raw ? 2 : 1);
        request.Outputs.Add(new ModelInferRequest.Types.InferRequestedOutputTensor { Name = "scores", Parameters = { ["classification"] = new InferParameter { Int64Param = 2 } } });
        var response = await InferAsync(server, request);
        var output = Assert.Single(response.Outputs);
        Assert.Equal(("scores", "BYTES"), (output.Name, output.Datatype));
        Assert.Equal([raw ? 2 : 1, 2], output.Shape);
        var texts = raw ? Texts(response.RawOutputContents[0].Span) : [.. output.Contents.BytesContents.Select(b => b.ToStringUtf8())];
        Assert.Equal(raw ? 4 : 2, texts.Count);
        Assert.Matches(@"^0\.\d{6}:2:blue$", texts[0]); // the clip is (10, 20, 30)
        Assert.Matches(@"^0\.\d{6}:1:green$", texts[1]);
    }

    [Theory]
    [InlineData("shape", "must be [N, 16, 112, 112, 3]")]
    [InlineData("no clip", "must be [N, 16, 112, 112, 3]")]
    [InlineData("many clips", "the shape makes")]
    [InlineData("datatype", "must be UINT8 or FP32")]
    [InlineData("name", "[N, 16, 112, 112, 3]")]
    [InlineData("short", "the shape makes 602112")]
    [InlineData("both", "no contents")]
    [InlineData("range", "must be from 0 to 255")]
    [InlineData("nan", "must be from 0 to 255")]
    [InlineData("output", "must be logits or scores")]
    [InlineData("classification", "must be an integer")]
    public async Task Infer_OfSomethingElse_InvalidArgumentSaysWhatIsExpected(string fault, string message)
    {
        var server = colour.Server;
        var request = Request(fault is "range" or "nan" ? "FP32" : "UINT8", raw: fault is not ("range" or "nan"), 1);
        var input = request.Inputs[0];
        switch (fault)
        {
            case "shape": input.Shape[2] = 224; break;
            case "no clip": input.Shape[0] = 0; break;
            case "many clips": input.Shape[0] = int.MaxValue; break;
            case "datatype": input.Datatype = "FP16"; break;
            case "name": input.Name = "input_1"; break;
            case "short": request.RawInputContents[0] = ByteString.CopyFrom(new byte[5]); break;
            case "both": input.Contents = new InferTensorContents { UintContents = { 1 } }; break;
            case "range": input.Contents.Fp32Contents[9] = -1; break;
            case "nan": input.Contents.Fp32Contents[9] = float.NaN; break;
            case "output": request.Outputs.Add(new ModelInferRequest.Types.InferRequestedOutputTensor { Name = "features" }); break;
            default: request.Outputs.Add(new ModelInferRequest.Types.InferRequestedOutputTensor { Name = "logits", Parameters = { ["classification"] = new InferParameter { StringParam = "2" } } }); break;
        }
        var failure = await Assert.ThrowsAsync<RpcException>(() => InferAsync(server, request));
        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
        Assert.Contains(message, failure.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Infer_OfNoModel_NotFound()
    {
        var server = colour.Server;
        var request = Request("UINT8", raw: true, 1);
        request.ModelVersion = "9";
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => InferAsync(server, request))).StatusCode);
    }

    [Fact]
    public async Task StreamInfer_WithAnErrorInTheMiddle_AnswersEachInOrderAndIsCounted()
    {
        var server = colour.Server;
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(server.Channel);
        var before = await CountsAsync(client);
        using var call = client.ModelStreamInfer(cancellationToken: TestContext.Current.CancellationToken);
        foreach (var clips in (int[])[2, 0, 1])
        {
            var request = Request("UINT8", raw: true, clips);
            request.Id = $"{clips}";
            await call.RequestStream.WriteAsync(request, TestContext.Current.CancellationToken);
        }
        await call.RequestStream.CompleteAsync();
        var answers = await call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal([("2", false), ("0", true), ("1", false)], answers.Select(a => (a.InferResponse.Id, a.ErrorMessage.Length > 0)));

        var after = await CountsAsync(client);
        Assert.Equal(
            (3ul, 2ul, 1ul),
            (after.InferenceCount - before.InferenceCount, after.InferenceStats.Success.Count - before.InferenceStats.Success.Count, after.InferenceStats.Fail.Count - before.InferenceStats.Fail.Count));
        Assert.InRange(after.ExecutionCount - before.ExecutionCount, 2ul, 3ul);
        Assert.True(after.InferenceStats.ComputeInfer.Ns > before.InferenceStats.ComputeInfer.Ns);
    }

    [Fact]
    public async Task Roles_PublisherInfersAndViewerOnlyLooks()
    {
        var (publisher, first) = SecureServer.Caller("door", CallerRole.Publisher);
        var (viewer, second) = SecureServer.Caller("guard", CallerRole.Viewer);
        await using var secure = await SecureServer.StartAsync([.. first, .. second]);
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(secure.Server.Channel);
        var cancel = TestContext.Current.CancellationToken;
        Metadata Key(string key) => new() { { Credentials.KeyHeader, key } };
        var name = (await client.RepositoryIndexAsync(new RepositoryIndexRequest(), Key(viewer), cancellationToken: cancel)).Models[0].Name;
        var request = Request("UINT8", raw: true, 1);
        request.ModelName = name;
        Assert.Equal(name, (await client.ModelInferAsync(request, Key(publisher), cancellationToken: cancel)).ModelName);
        Assert.Equal(name, (await client.ModelMetadataAsync(new ModelMetadataRequest { Name = name }, Key(publisher), cancellationToken: cancel)).Name);
        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(async () => await client.ModelInferAsync(request, Key(viewer), cancellationToken: cancel))).StatusCode);
        Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(async () => await client.ModelMetadataAsync(new ModelMetadataRequest { Name = name }, cancellationToken: cancel))).StatusCode);
        Assert.True((await client.ServerLiveAsync(new ServerLiveRequest(), cancellationToken: cancel)).Live);
    }

    /// <summary>One for all these tests.</summary>
    public sealed class ColourServer : IAsyncLifetime
    {
        private readonly string _models = Directory.CreateTempSubdirectory("mars-kserve-").FullName;

        internal RunningServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            TinyModel.Write(_models);
            Server = await RunningServer.StartAsync(("Mars:Models:Folder", _models));
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            Directory.Delete(_models, recursive: true);
        }
    }

    private static async Task<ModelInferResponse> InferAsync(RunningServer server, ModelInferRequest request) =>
        await new GRPCInferenceService.GRPCInferenceServiceClient(server.Channel).ModelInferAsync(request, cancellationToken: TestContext.Current.CancellationToken);

    private static async Task<ModelStatistics> CountsAsync(GRPCInferenceService.GRPCInferenceServiceClient client) =>
        (await client.ModelStatisticsAsync(new ModelStatisticsRequest { Name = "colour" }, cancellationToken: TestContext.Current.CancellationToken)).ModelStats.Single();

    private static int Colour(int clip, int channel) => (10 * (channel + 1)) + clip;

    private static ModelInferRequest.Types.InferInputTensor Input(string datatype, int clips, int size = 112) => new() { Name = "clip", Datatype = datatype, Shape = { clips, 16, size, size, 3 } };

    /// <summary>Clip number n is all of colour (10, 20, 30) + n.</summary>
    private static ModelInferRequest Request(string datatype, bool raw, int clips)
    {
        var values = Enumerable.Range(0, clips * ClipValues).Select(i => Colour(i / ClipValues, i % 3)).ToArray();
        var request = new ModelInferRequest { ModelName = "colour", Inputs = { Input(datatype, clips) } };
        if (raw)
            request.RawInputContents.Add(ByteString.CopyFrom(datatype == "UINT8" ? [.. values.Select(v => (byte)v)] : [.. values.SelectMany(v => BitConverter.GetBytes((float)v))]));
        else if (datatype == "UINT8")
            request.Inputs[0].Contents = new InferTensorContents { UintContents = { values.Select(v => (uint)v) } };
        else
            request.Inputs[0].Contents = new InferTensorContents { Fp32Contents = { values.Select(v => (float)v) } };
        return request;
    }

    private static float[] Values(ModelInferResponse response, int output)
    {
        if (response.RawOutputContents.Count == 0)
            return [.. response.Outputs[output].Contents.Fp32Contents];
        var bytes = response.RawOutputContents[output].ToByteArray();
        return [.. Enumerable.Range(0, bytes.Length / 4).Select(i => BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(i * 4)))];
    }

    private static List<string> Texts(ReadOnlySpan<byte> bytes)
    {
        var texts = new List<string>();
        while (!bytes.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            texts.Add(Encoding.UTF8.GetString(bytes.Slice(4, length)));
            bytes = bytes[(4 + length)..];
        }
        return texts;
    }
}
