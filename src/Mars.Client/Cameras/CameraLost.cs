namespace Mars.Client.Cameras;

/// <summary>A connection to a camera failed or broke; it is opened again.</summary>
/// <param name="Reason">Why, without passwords.</param>
/// <param name="Attempt">Counts from 1 since the camera last worked.</param>
/// <param name="Delay">Time until the next attempt.</param>
internal sealed record CameraLost(string Reason, int Attempt, TimeSpan Delay);
