using System.Runtime.CompilerServices;

namespace Mars.Inference.Buffers;

/// <summary>Memory of an exact length that the garbage collector never moves, so that native code may keep its address. Owned by one owner, who lets go of it.</summary>
/// <typeparam name="T">The element.</typeparam>
public sealed class PinnedBuffer<T> : IDisposable
    where T : unmanaged
{
    private T[] _array;

    /// <param name="length">Elements.</param>
    public PinnedBuffer(int length)
    {
        _array = GC.AllocateArray<T>(length, pinned: true);
    }

    public int Length => _array.Length;

    public Span<T> Span => _array;

    public Memory<T> Memory => _array;

    /// <summary>Whoever still holds this object holds no memory any more.</summary>
    public void Dispose() => _array = [];

    /// <summary>Where it lies. Valid for as long as this object is reachable and not disposed.</summary>
    public unsafe nint Address => _array.Length == 0 ? 0 : (nint)Unsafe.AsPointer(ref _array[0]);
}
