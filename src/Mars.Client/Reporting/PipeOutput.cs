using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Mars.Client.Reporting;

/// <summary>Standard output that notices when its reader goes: .NET's own console writes on into a closed pipe without a word.</summary>
internal sealed class PipeOutput : Stream
{
    private readonly FileStream _pipe;

    private PipeOutput(FileStream pipe) => _pipe = pipe;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Puts it in the console's place, where standard output is a pipe or a socket. (A file has an offset, which other processes may share; a terminal does not close.)</summary>
    public static void Install()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
            return;
        try
        {
            var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            if (!pipe.CanSeek)
                Console.SetOut(TextWriter.Synchronized(new StreamWriter(new PipeOutput(pipe), new UTF8Encoding(false)) { AutoFlush = true }));
        }
        catch (Exception error) when (error is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // Closed before this process began: the console does what it can.
        }
    }

    /// <exception cref="OutputClosedException">Nobody reads any more.</exception>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <exception cref="OutputClosedException">Nobody reads any more.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            _pipe.Write(buffer);
        }
        catch (IOException error)
        {
            throw new OutputClosedException(error);
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
