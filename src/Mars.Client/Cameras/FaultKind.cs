namespace Mars.Client.Cameras;

/// <summary>What may help against a fault of a camera.</summary>
internal enum FaultKind
{
    /// <summary>Time: connect again after a short wait that grows.</summary>
    Lost,

    /// <summary>The camera refuses the login. Cameras lock accounts after a few attempts, so the next attempt is a minute away or more.</summary>
    Refused,

    /// <summary>Only a change by the user.</summary>
    Final,
}
