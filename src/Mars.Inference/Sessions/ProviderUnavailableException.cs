namespace Mars.Inference.Sessions;

/// <summary>The execution provider that was asked for cannot run here.</summary>
public sealed class ProviderUnavailableException : Exception
{
    public ProviderUnavailableException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
