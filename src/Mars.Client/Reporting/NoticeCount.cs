using Mars.V1;

namespace Mars.Client.Reporting;

/// <summary>How many windows or frames a notice stands for.</summary>
internal static class NoticeCount
{
    /// <summary>An overloaded camera gets one notice for several windows; its detail begins with their number.</summary>
    public static long Of(Notice notice) =>
        notice.Kind is Notice.Types.Kind.Superseded or Notice.Types.Kind.Expired && long.TryParse(notice.Detail.Split(' ')[0], out var windows) ? windows : 1;
}
