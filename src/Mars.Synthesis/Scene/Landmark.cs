namespace Mars.Synthesis.Scene;

/// <summary>What stands with the person and tells the action apart where the motion does not: it never moves, so that optical flow cannot see it.</summary>
internal enum Landmark
{
    None,
    Board,
    Goal,
    Hoop,
    Mat,
    Shelf,
}
