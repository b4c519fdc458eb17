namespace Mars.Synthesis.Scene;

/// <summary>What the active hand holds.</summary>
internal enum HeldObject
{
    None,
    Bat,
    Racket,
}
