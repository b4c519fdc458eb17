using System.Runtime.InteropServices;

namespace Mars.Inference.Sessions;

/// <summary>
/// The few calls of NVIDIA's CUDA runtime that ONNX Runtime's C# interface has no name for: memory of the device at an address of ours, and what is copied there, when. The library is the one that the
/// execution provider has loaded already, so it is there and of the provider's version wherever the provider has started.
/// </summary>
internal sealed unsafe class CudaRuntime
{
    private const int AnyDirection = 4; // cudaMemcpyDefault: the addresses tell
    private static readonly string[] Names = OperatingSystem.IsWindows() ? ["cudart64_13.dll", "cudart64_12.dll"] : ["libcudart.so.13", "libcudart.so.12"];

    private readonly int _device;
    private readonly delegate* unmanaged<int, int> _setDevice;
    private readonly delegate* unmanaged<nint*, nuint, int> _malloc;
    private readonly delegate* unmanaged<nint, int> _free;
    private readonly delegate* unmanaged<nint, nint, nuint, int, int> _memcpy;
    private readonly delegate* unmanaged<nint, nuint, uint, int> _hostRegister;
    private readonly delegate* unmanaged<nint, int> _hostUnregister;

    [ThreadStatic]
    private static int _deviceOfThread; // number + 1

    private CudaRuntime(nint library, int device)
    {
        _device = device;
        _setDevice = (delegate* unmanaged<int, int>)NativeLibrary.GetExport(library, "cudaSetDevice");
        _malloc = (delegate* unmanaged<nint*, nuint, int>)NativeLibrary.GetExport(library, "cudaMalloc");
        _free = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "cudaFree");
        _memcpy = (delegate* unmanaged<nint, nint, nuint, int, int>)NativeLibrary.GetExport(library, "cudaMemcpy");
        _hostRegister = (delegate* unmanaged<nint, nuint, uint, int>)NativeLibrary.GetExport(library, "cudaHostRegister");
        _hostUnregister = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "cudaHostUnregister");
    }

    /// <exception cref="ProviderUnavailableException">It is not there.</exception>
    public static CudaRuntime Load(int device)
    {
        foreach (var name in Names)
        {
            if (NativeLibrary.TryLoad(name, out var library))
                return new CudaRuntime(library, device);
        }
        throw new ProviderUnavailableException($"the CUDA runtime ({string.Join(" or ", Names)}) is not to be found: install CUDA 13 or 12, or add its folder to LD_LIBRARY_PATH");
    }

    /// <summary>Memory of the device.</summary>
    public nint Allocate(long bytes)
    {
        UseDevice();
        nint address;
        Check(_malloc(&address, (nuint)bytes), "cudaMalloc");
        return address;
    }

    public void Free(nint address)
    {
        UseDevice();
        Check(_free(address), "cudaFree");
    }

    /// <summary>Copies between host and device; returns when it is done, as long as the host's pages are locked.</summary>
    public void Copy(nint to, nint from, long bytes)
    {
        UseDevice();
        Check(_memcpy(to, from, (nuint)bytes, AnyDirection), "cudaMemcpy");
    }

    /// <summary>Locks the pages of host memory, which must not move before <see cref="Unlock"/>.</summary>
    public void Lock(nint address, long bytes)
    {
        UseDevice();
        Check(_hostRegister(address, (nuint)bytes, 0), "cudaHostRegister");
    }

    public void Unlock(nint address)
    {
        UseDevice();
        Check(_hostUnregister(address), "cudaHostUnregister");
    }

    private static void Check(int status, string call)
    {
        if (status != 0)
            throw new InvalidOperationException($"{call} failed with CUDA error {status}");
    }

    private void UseDevice()
    {
        if (_deviceOfThread == _device + 1)
            return;
        Check(_setDevice(_device), "cudaSetDevice");
        _deviceOfThread = _device + 1;
    }
}
