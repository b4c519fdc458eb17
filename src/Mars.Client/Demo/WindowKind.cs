namespace Mars.Client.Demo;

/// <summary>What the truth says of a window's prediction.</summary>
internal enum WindowKind
{
    /// <summary>The best label is what is done.</summary>
    Right,

    Wrong,

    /// <summary>Less than three quarters of the window lie in one action: there is no single right answer.</summary>
    Boundary,

    /// <summary>No truth is known for it.</summary>
    Untold,
}
