namespace Mars.Client;

/// <summary>What is wrong with one field of a request.</summary>
/// <param name="Field">Path of the field, as in the .proto file.</param>
/// <param name="Description">What is wrong with it.</param>
public sealed record FieldViolation(string Field, string Description)
{
    public override string ToString() => $"{Field}: {Description}";
}
