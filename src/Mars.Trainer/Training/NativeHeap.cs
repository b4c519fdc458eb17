using System.Runtime.InteropServices;

namespace Mars.Trainer.Training;

/// <summary>
/// Keeps glibc from giving each large tensor back to the system and getting it anew, zeroed page by page, in every step.
/// Large blocks come from the heap, and the heap stays.
/// </summary>
internal static class NativeHeap
{
    // malloc.h
    private const int TrimThreshold = -1, TopPad = -2, MmapMax = -4;

    public static void KeepLargeBlocks()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = SetOption(MmapMax, 0);
            _ = SetOption(TrimThreshold, int.MaxValue);
            _ = SetOption(TopPad, 256 << 20);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library (musl) has no such switches, and no such habit.
        }
    }

    [DllImport("libc", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetOption(int option, int value);
}
