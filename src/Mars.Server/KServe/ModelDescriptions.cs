using KServe.V2;
using Mars.Inference.Serving;

namespace Mars.Server.KServe;

/// <summary>Models as the protocol describes them.</summary>
internal static class ModelDescriptions
{
    private const string Platform = "onnxruntime_onnx";
    private const string Backend = "onnxruntime";

    public static ModelMetadataResponse ToMetadata(this ServedModel model, IEnumerable<string> versions)
    {
        var shape = model.Scheduler.Shape;
        var response = new ModelMetadataResponse { Name = model.Package.Manifest.Name, Platform = Platform };
        response.Versions.AddRange(versions);
        response.Inputs.Add(new ModelMetadataResponse.Types.TensorMetadata { Name = ClipTensor.Name, Datatype = ClipTensor.Bytes, Shape = { ClipTensor.ShapeOf(shape, -1) } });
        foreach (var name in (string[])[InferOutputs.Logits, InferOutputs.Scores])
            response.Outputs.Add(new ModelMetadataResponse.Types.TensorMetadata { Name = name, Datatype = ClipTensor.Floats, Shape = { -1, shape.Classes } });
        return response;
    }

    public static ModelConfig ToConfig(this ServedModel model, int maxBatch)
    {
        var shape = model.Scheduler.Shape;
        var config = new ModelConfig { Name = model.Package.Manifest.Name, Platform = Platform, Backend = Backend, MaxBatchSize = maxBatch, DynamicBatching = new ModelDynamicBatching() };
        config.Input.Add(new ModelInput { Name = ClipTensor.Name, DataType = DataType.TypeUint8, Dims = { ClipTensor.ShapeOf(shape, 0).Skip(1) } });
        foreach (var name in (string[])[InferOutputs.Logits, InferOutputs.Scores])
            config.Output.Add(new ModelOutput { Name = name, DataType = DataType.TypeFp32, Dims = { shape.Classes }, LabelFilename = "labels.txt" });
        return config;
    }
}
