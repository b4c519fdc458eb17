namespace Mars.Inference.Sessions;

/// <summary>What runs the graph.</summary>
public enum ExecutionProvider
{
    Cpu,
    Cuda,
    TensorRt,
}
