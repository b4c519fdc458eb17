using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Mars.Inference.Threads;

/// <summary>
/// Threads that decode and compute. They give way to those that read and write the network: otherwise a machine with too much to do leaves frames in the buffers of
/// connections, where nobody knows their age and none can be left out. On Linux by their nice value, which is a thread's own there and goes on to the threads that it
/// starts; elsewhere nothing is done.
/// </summary>
public static partial class ComputeThread
{
    // A third of the network's share of a core while both want it, all of it otherwise.
    private const int Nice = 5;
    private const int OfThisThread = 0;

    /// <summary>Starts one in the background.</summary>
    public static Thread Start(string name, Action work)
    {
        var thread = new Thread(() =>
        {
            GiveWay();
            work();
        })
        {
            IsBackground = true,
            Name = name,
        };
        thread.Start();
        return thread;
    }

    /// <summary>Does something on one, with all threads that it starts, and waits for it.</summary>
    public static T Run<T>(string name, Func<T> work)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        Start(name, () =>
        {
            try
            {
                result = work();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception); // it is the caller's
            }
        }).Join();
        failure?.Throw();
        return result!;
    }

    private static void GiveWay()
    {
        if (OperatingSystem.IsLinux())
            _ = SetPriority(0, OfThisThread, Nice); // refused nowhere, since it asks for less
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetPriority(int which, int who, int value);
}
