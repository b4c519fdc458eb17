using Microsoft.Extensions.Options;

namespace Mars.Server.Configuration;

/// <summary>Checks <see cref="ModelOptions"/> at start, all faults at once.</summary>
[OptionsValidator]
internal sealed partial class ModelOptionsValidator : IValidateOptions<ModelOptions>;

/// <summary>Checks <see cref="PageOptions"/> at start, all faults at once.</summary>
[OptionsValidator]
internal sealed partial class PageOptionsValidator : IValidateOptions<PageOptions>;

/// <summary>Checks <see cref="StreamOptions"/> at start, all faults at once.</summary>
[OptionsValidator]
internal sealed partial class StreamOptionsValidator : IValidateOptions<StreamOptions>;

/// <summary>Checks the ranges of <see cref="TlsOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class TlsOptionsValidator : IValidateOptions<TlsOptions>;

/// <summary>Checks the ranges of <see cref="SecurityOptions"/>; Security/SecurityCheck sees to the rest.</summary>
[OptionsValidator]
internal sealed partial class SecurityOptionsValidator : IValidateOptions<SecurityOptions>;
