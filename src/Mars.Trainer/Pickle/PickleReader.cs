using System.Buffers.Binary;
using System.Text;

namespace Mars.Trainer.Pickle;

/// <summary>
/// Reads the values of a Python pickle (protocol 2, https://github.com/python/cpython/blob/main/Lib/pickletools.py) and executes nothing: of the opcodes it knows those
/// that torch.save writes, and a global is a name to it. What a name may be, and what may be called with which arguments, its <see cref="IPickleMeaning"/> decides.
/// </summary>
internal sealed class PickleReader
{
    // A checkpoint of ResNeXt-152 with its optimizer has some thirty thousand values. A value may be one byte of the file and a hundred of memory.
    private const int MaxValues = 300_000;

    private static readonly object MarkValue = new();

    private readonly Stream _stream;
    private readonly IPickleMeaning _meaning;
    private readonly List<object?> _stack = [];
    private readonly Dictionary<int, object?> _memo = [];
    private readonly byte[] _number = new byte[8];
    private int _values;

    private PickleReader(Stream stream, IPickleMeaning meaning) => (_stream, _meaning) = (stream, meaning);

    /// <summary>Reads one pickle and leaves the stream behind it. Dictionaries become <see cref="PickleDictionary"/>, lists List, tuples arrays, integers long.</summary>
    /// <exception cref="InvalidDataException">It asks for what no checkpoint needs, is cut short, or is no pickle.</exception>
    public static object? Read(Stream stream, IPickleMeaning meaning)
    {
        try
        {
            return new PickleReader(stream, meaning).Run();
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException("it ends in the middle", e);
        }
    }

    private object? Run()
    {
        while (true)
        {
            var opcode = _stream.ReadByte();
            switch (opcode)
            {
                case -1:
                    throw new EndOfStreamException();
                case 0x80: // PROTO
                    if (Byte() is < 2 or > 3)
                        throw new InvalidDataException("it is a pickle of a protocol that torch.save does not write");
                    break;
                case '.': // STOP
                    return Pop();
                case '(':
                    Push(MarkValue);
                    break;
                case '}':
                    Push(new PickleDictionary());
                    break;
                case ']':
                    Push(new List<object?>());
                    break;
                case ')':
                    Push(Array.Empty<object?>());
                    break;
                case 'N':
                    Push(null);
                    break;
                case 0x88:
                    Push(true);
                    break;
                case 0x89:
                    Push(false);
                    break;
                case 'K': // BININT1
                    Push((long)Byte());
                    break;
                case 'M': // BININT2
                    Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Number(2)));
                    break;
                case 'J': // BININT
                    Push((long)BinaryPrimitives.ReadInt32LittleEndian(Number(4)));
                    break;
                case 0x8a: // LONG1
                    Push(Long(Bytes(new byte[Byte()])));
                    break;
                case 'G': // BINFLOAT
                    Push(BinaryPrimitives.ReadDoubleBigEndian(Number(8)));
                    break;
                case 'X': // BINUNICODE
                    Push(Text(BinaryPrimitives.ReadUInt32LittleEndian(Number(4))));
                    break;
                case 'c': // GLOBAL
                    Push(_meaning.Global($"{Line()}.{Line()}"));
                    break;
                case 'q': // BINPUT
                    Keep(Byte());
                    break;
                case 'r': // LONG_BINPUT
                    Keep(BinaryPrimitives.ReadInt32LittleEndian(Number(4)));
                    break;
                case 'h': // BINGET
                    Push(Memo(Byte()));
                    break;
                case 'j': // LONG_BINGET
                    Push(Memo(BinaryPrimitives.ReadInt32LittleEndian(Number(4))));
                    break;
                case 0x85: // TUPLE1
                    Push(Take(1));
                    break;
                case 0x86:
                    Push(Take(2));
                    break;
                case 0x87:
                    Push(Take(3));
                    break;
                case 't': // TUPLE
                    Push(TakeToMark());
                    break;
                case 'a': // APPEND
                    Append([Pop()]);
                    break;
                case 'e': // APPENDS
                    Append(TakeToMark());
                    break;
                case 's': // SETITEM
                    SetItems(Take(2));
                    break;
                case 'u': // SETITEMS
                    SetItems(TakeToMark());
                    break;
                case 'Q': // BINPERSID
                    Push(_meaning.Persistent(Pop() as object?[] ?? throw Damaged()));
                    break;
                case 'R': // REDUCE
                case 0x81: // NEWOBJ
                    var arguments = Pop() as object?[] ?? throw Damaged();
                    Push(_meaning.Call(Pop(), arguments));
                    break;
                case 'b': // BUILD: attributes of an OrderedDict (_metadata) or of what is passed over, which nobody needs.
                    _ = Pop();
                    if (Top() is not (PickleDictionary or PickleGlobal))
                        throw Damaged();
                    break;
                case 'C': // SHORT_BINBYTES
                    PassOver(Byte());
                    break;
                case 'B': // BINBYTES
                    PassOver(BinaryPrimitives.ReadUInt32LittleEndian(Number(4)));
                    break;
                default:
                    throw new InvalidDataException($"it uses the pickle opcode 0x{opcode:x2}, which no checkpoint needs");
            }
        }
    }

    private static InvalidDataException Damaged() => new("its pickle is damaged");

    private static InvalidDataException TooMany() => new($"it holds more than {MaxValues} values, as no checkpoint does");

    private static long Long(ReadOnlySpan<byte> bytes)
    {
        // The magic number of the legacy container has ten bytes: its low eight tell it from all else.
        long value = 0;
        for (var i = Math.Min(bytes.Length, 8) - 1; i >= 0; i--)
            value = (value << 8) | bytes[i];
        return bytes.Length is 0 or >= 8 || bytes[^1] < 0x80 ? value : value - (1L << (8 * bytes.Length));
    }

    private void Push(object? value)
    {
        if (++_values > MaxValues)
            throw TooMany();
        _stack.Add(value);
    }

    private void Keep(int index)
    {
        if (_memo.Count == MaxValues)
            throw TooMany();
        _memo[index] = Top();
    }

    private object? Top() => _stack.Count > 0 && !ReferenceEquals(_stack[^1], MarkValue) ? _stack[^1] : throw Damaged();

    private object? Pop()
    {
        var value = Top();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object?[] Take(int count)
    {
        if (_stack.Count < count || _stack[^count..].Exists(v => ReferenceEquals(v, MarkValue)))
            throw Damaged();
        var taken = _stack[^count..].ToArray();
        _stack.RemoveRange(_stack.Count - count, count);
        return taken;
    }

    private object?[] TakeToMark()
    {
        var mark = _stack.FindLastIndex(v => ReferenceEquals(v, MarkValue));
        if (mark < 0)
            throw Damaged();
        var taken = Take(_stack.Count - mark - 1);
        _stack.RemoveAt(mark);
        return taken;
    }

    private void Append(object?[] items)
    {
        if (Top() is not List<object?> list)
            throw Damaged();
        list.AddRange(items);
    }

    private void SetItems(object?[] pairs)
    {
        if (Top() is not PickleDictionary dictionary || pairs.Length % 2 != 0)
            throw Damaged();
        for (var i = 0; i < pairs.Length; i += 2)
            dictionary.Set(pairs[i] is string or long ? pairs[i]! : throw Damaged(), pairs[i + 1]);
    }

    private object? Memo(int index) => _memo.TryGetValue(index, out var value) ? value : throw Damaged();

    private byte Byte() => _stream.ReadByte() is var value and >= 0 ? (byte)value : throw new EndOfStreamException();

    private Span<byte> Number(int bytes) => Bytes(_number.AsSpan(0, bytes));

    private Span<byte> Bytes(Span<byte> buffer)
    {
        _stream.ReadExactly(buffer);
        return buffer;
    }

    // Bytes are those of an array beside the weights.
    private void PassOver(uint length)
    {
        if (length > _stream.Length - _stream.Position)
            throw new EndOfStreamException();
        _stream.Position += length;
        Push(null);
    }

    private string Text(uint length)
    {
        // Before the memory is taken: a length may lie.
        if (length > 1 << 20 || length > _stream.Length - _stream.Position)
            throw new InvalidDataException("it holds a text that is longer than the file or than any name");
        return Encoding.UTF8.GetString(Bytes(new byte[length]));
    }

    private string Line()
    {
        var line = new StringBuilder();
        while (Byte() is var value and not (byte)'\n')
        {
            if (line.Length > 200)
                throw Damaged();
            line.Append((char)value);
        }
        return line.ToString();
    }
}
