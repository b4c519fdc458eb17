using System.Runtime.InteropServices;

namespace Mars.Inference.Buffers;

/// <summary>The memory of native libraries.</summary>
public static partial class NativeHeap
{
    /// <summary>
    /// Gives back to the system what is free. A model that is let go of leaves holes in the heap of each thread that worked on it, and glibc keeps them: a server whose
    /// models are replaced again and again would grow.
    /// </summary>
    public static void Trim()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = MallocTrim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library (musl) has no such call, and no such habit.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MallocTrim(nuint keep);
}
