namespace Mars.Client.Cameras;

/// <summary>
/// Finds JPEG pictures in bytes that arrive in pieces, by the pictures' own markers (ITU T.81, B.1.1) and not by what lies between them: multipart boundaries are absent, quoted,
/// misspelt or without lengths in the streams of many cameras. A picture without an end marker ends where the next one begins.
/// </summary>
internal sealed class JpegSplitter
{
    /// <summary>Bytes of a picture, at most.</summary>
    public const int MaxPicture = 64 << 20;

    private const byte Marker = 0xFF;
    private const byte StartOfImage = 0xD8;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;

    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private int _position;
    private State _state;

    private enum State
    {
        Searching,
        Segments,
        Scan,
    }

    /// <summary>Bytes passed over since the last picture: boundaries, headers, and whatever else comes.</summary>
    public long Skipped { get; private set; }

    /// <summary>Bytes that wait.</summary>
    public int Length => _end - _start;

    /// <summary>Whether they begin as a picture or as a multipart boundary.</summary>
    public bool BeginsAsPictures
    {
        get
        {
            var bytes = _buffer.AsSpan(_start, Length).TrimStart("\r\n"u8);
            return bytes.StartsWith((ReadOnlySpan<byte>)[Marker, StartOfImage, Marker]) || bytes.StartsWith("--"u8);
        }
    }

    /// <summary>Room for more bytes, of which <see cref="Added"/> counts those that came. Invalidates the last picture.</summary>
    /// <exception cref="CameraException">A picture is larger than <see cref="MaxPicture"/>.</exception>
    public Memory<byte> Room()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_position, _end, _start) = (_position - _start, _end - _start, 0);
        }
        if (_end == _buffer.Length)
        {
            if (_end >= MaxPicture)
                throw new CameraException($"a picture is larger than {MaxPicture >> 20} MiB");
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
        return _buffer.AsMemory(_end);
    }

    /// <summary>A copy of the bytes that wait.</summary>
    public byte[] Unread() => _buffer.AsSpan(_start, Length).ToArray();

    public void Added(int count) => _end += count;

    /// <summary>The next whole picture, valid until <see cref="Room"/> is called.</summary>
    public bool TryTake(out ReadOnlyMemory<byte> picture)
    {
        picture = default;
        while (true)
        {
            var moved = _state switch
            {
                State.Searching => Search(),
                State.Segments => Segment(ref picture),
                _ => Scan(ref picture),
            };
            if (picture.Length > 0)
            {
                Skipped = 0;
                return true;
            }
            if (!moved)
                return false;
        }
    }

    private bool Search()
    {
        var found = _buffer.AsSpan(_start, _end - _start).IndexOf((ReadOnlySpan<byte>)[Marker, StartOfImage, Marker]);
        // The first two bytes of a start may be the last of what is here.
        var skipped = found >= 0 ? found : Math.Max(0, _end - _start - 2);
        Skipped += skipped;
        _start += skipped;
        _position = _start + 2;
        if (found >= 0)
            _state = State.Segments;
        return found >= 0;
    }

    private bool Segment(ref ReadOnlyMemory<byte> picture)
    {
        if (_position + 4 > _end)
            return _position + 2 <= _end && _buffer[_position] == Marker && _buffer[_position + 1] == EndOfImage && Take(_position + 2, ref picture);
        var (sign, kind) = (_buffer[_position], _buffer[_position + 1]);
        if (sign != Marker || kind is < 0xC0 and not 0x01)
            return NoPicture();
        switch (kind)
        {
            case Marker: // fill byte
                _position++;
                return true;
            case StartOfImage:
                return NoPicture();
            case EndOfImage:
                return Take(_position + 2, ref picture);
            case 0x01 or (>= 0xD0 and <= 0xD7): // without a length
                _position += 2;
                return true;
        }
        var length = (_buffer[_position + 2] << 8) | _buffer[_position + 3];
        if (length < 2)
            return NoPicture();
        _position += 2 + length;
        if (kind == StartOfScan)
            _state = State.Scan;
        return true;
    }

    private bool Scan(ref ReadOnlyMemory<byte> picture)
    {
        while (_position < _end)
        {
            var found = _buffer.AsSpan(_position, _end - _position).IndexOf(Marker);
            _position = found < 0 ? _end : _position + found;
            if (_position + 3 > _end)
                return _position + 2 == _end && _buffer[_position + 1] == EndOfImage && Take(_position + 2, ref picture);
            switch (_buffer[_position + 1])
            {
                case EndOfImage:
                    return Take(_position + 2, ref picture);
                case StartOfImage when _buffer[_position + 2] == Marker:
                    return TakeWithoutEnd(ref picture);
                case Marker:
                    _position++;
                    break;
                case >= 0xC0 and not (>= 0xD0 and <= 0xD9): // tables or another scan
                    _state = State.Segments;
                    return true;
                default: // a stuffed byte, a restart
                    _position += 2;
                    break;
            }
        }
        return false;
    }

    private bool NoPicture()
    {
        _start += 2;
        Skipped += 2;
        _state = State.Searching;
        return true;
    }

    private bool Take(int end, ref ReadOnlyMemory<byte> picture)
    {
        picture = _buffer.AsMemory(_start, end - _start);
        _start = end;
        _state = State.Searching;
        return true;
    }

    // What follows the data is a boundary; the decoder would read it as data, and warn.
    private bool TakeWithoutEnd(ref ReadOnlyMemory<byte> picture)
    {
        var boundary = _buffer.AsSpan(_start, _position - _start).LastIndexOf("\n--"u8);
        var end = boundary > 0 ? _start + boundary : _position;
        if (boundary > 0 && _buffer[end - 1] == '\r')
            end--;
        var whole = new byte[end - _start + 2];
        _buffer.AsSpan(_start, end - _start).CopyTo(whole);
        (whole[^2], whole[^1]) = (Marker, EndOfImage);
        picture = whole;
        _start = _position;
        _state = State.Searching;
        return true;
    }
}
