using Microsoft.Extensions.Options;

namespace Mars.Server.Events;

/// <summary>Checks <see cref="SinkOptions"/> at start, all faults at once.</summary>
[OptionsValidator]
internal sealed partial class SinkOptionsValidator : IValidateOptions<SinkOptions>;
