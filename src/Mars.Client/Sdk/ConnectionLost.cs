namespace Mars.Client;

/// <summary>A connection broke, or could not be made; the camera will try again.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Attempt">Counts from 1 since the last connection that worked.</param>
/// <param name="Delay">Time until the next attempt.</param>
public sealed record ConnectionLost(string Reason, int Attempt, TimeSpan Delay);
