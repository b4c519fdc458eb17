namespace Mars.Client.Load;

/// <summary>A frame's place in the plan of its camera.</summary>
/// <param name="Sequence">Counted from 1.</param>
/// <param name="Capture">When it is taken, from the start of the run.</param>
/// <param name="Send">When it is handed to the network: later, by jitter and bursts.</param>
internal readonly record struct FrameSlot(ulong Sequence, TimeSpan Capture, TimeSpan Send);
