namespace Mars.Inference.Diagnostics;

/// <summary>What a run is told apart by.</summary>
/// <param name="Model">name/version.</param>
/// <param name="Precision">Of its package.</param>
/// <param name="Provider">The execution provider, in small letters.</param>
public sealed record RunTags(string Model, string Precision, string Provider);
