namespace Mars.Client.Cameras;

/// <summary>Opens one camera, as often as it is lost, and remembers what it has learned about it.</summary>
internal sealed class CameraOpener(CameraAddress address, CaptureOptions options, TimeProvider time)
{
    private CaptureOptions _options = options;

    /// <summary>What opens a camera.</summary>
    /// <param name="source">rtsp://…, http://… and so on, or /dev/….</param>
    /// <param name="options">How it is reached.</param>
    /// <param name="time">The clock.</param>
    /// <param name="fault">What is wrong with the address.</param>
    /// <returns>Null where something is.</returns>
    public static CameraOpener? Create(string source, CaptureOptions options, TimeProvider time, out string fault)
    {
        if (IsDevice(source))
        {
            fault = "";
            return new CameraOpener(new CameraAddress(source, null, null), options, time);
        }
        if (!CameraAddress.TryParse(source, out var address, out fault))
            return null;
        address = address.With(options.User, options.Password);
        if (address is { User: null, Password: not null })
            fault = $"{CameraAddress.Masked(source)}: a password without a user name: give --user too";
        return fault.Length > 0 ? null : new CameraOpener(address, options, time);
    }

    /// <summary>Short name of the camera, made from its address.</summary>
    public string Name => IsDevice(address.Plain) ? StableId.OfName(Path.GetFileName(address.Plain)) : StableId.OfAddress(address.Plain);

    public ICapture Open() => IsDevice(address.Plain)
        ? new DeviceCapture(address.Plain)
        : address.Scheme is "http" or "https"
            ? new HttpCapture(address, _options, time)
            : new FfmpegCapture(address, _options, time);

    /// <summary>Whether a fault shows another way to reach the camera, which the next <see cref="Open"/> takes.</summary>
    public bool FindsAnotherWay(CameraFault fault)
    {
        if (_options.Transport != RtspTransport.Auto || !address.Plain.StartsWith("rtsp", StringComparison.OrdinalIgnoreCase) || !FfmpegFaults.RefusesTcp(fault.Reason))
            return false;
        _options = _options with { Transport = RtspTransport.Udp };
        return true;
    }

    private static bool IsDevice(string source) => source.StartsWith("/dev/", StringComparison.Ordinal);
}
