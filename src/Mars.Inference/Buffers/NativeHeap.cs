using System.Runtime.InteropServices;

namespace Mars.Inference.Buffers;

/// <summary>The memory of native libraries: glibc's heap. Elsewhere nothing is done.</summary>
public static partial class NativeHeap
{
    // malloc.h
    private const int TrimThreshold = -1, TopPad = -2, MmapMax = -4;

    /// <summary>
    /// Keeps it from giving each large tensor back to the system and getting it anew, zeroed page by page, in every step of a training. Large blocks come from the heap,
    /// and the heap stays.
    /// </summary>
    public static void KeepLargeBlocks() => OfGlibc(() =>
    {
        _ = SetOption(MmapMax, 0);
        _ = SetOption(TrimThreshold, int.MaxValue);
        _ = SetOption(TopPad, 256 << 20);
    });

    /// <summary>
    /// Gives back to the system what is free. A model that is let go of leaves holes in the heap of each thread that worked on it, and glibc keeps them: a server whose
    /// models are replaced again and again would grow.
    /// </summary>
    public static void Trim() => OfGlibc(() => _ = MallocTrim(0));

    private static void OfGlibc(Action call)
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            call();
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library (musl) has no such call, and no such habit.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetOption(int option, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MallocTrim(nuint keep);
}
