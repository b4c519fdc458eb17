using Microsoft.Extensions.Options;

namespace Mars.Server.Configuration;

/// <summary>Checks <see cref="ModelOptions"/> at start, all faults at once.</summary>
[OptionsValidator]
internal sealed partial class ModelOptionsValidator : IValidateOptions<ModelOptions>;

/// <summary>Checks <see cref="StreamOptions"/> at start, all faults at once.</summary>
[OptionsValidator]
internal sealed partial class StreamOptionsValidator : IValidateOptions<StreamOptions>;
