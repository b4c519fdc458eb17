using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Writes a copy of libLibTorchSharp.so that loads with a libstdc++ older than GCC 13's. Four small changes, nothing moves (the ELF-64 layout is in elf(5)):
/// the need for version GLIBCXX_3.4.32 becomes a weak one, the only symbol of that version takes the name of the older constructor that does the same,
/// that symbol asks for version GLIBCXX_3.4, and the run path (which held folders of the machine that built it) also names the folder where libtorch.so
/// lies as seen from TorchSharp.dll. A file that does not look as expected is refused.
/// </summary>
public sealed class PatchLibTorchSharp : Task
{
    private const string NewVersion = "GLIBCXX_3.4.32";
    private const string OldVersion = "GLIBCXX_3.4";
    private const string NewSymbol = "_ZSt21ios_base_library_initv";
    private const string OldSymbol = "_ZNSt8ios_base4InitC1Ev";
    private const string RunPath = "$ORIGIN/:$ORIGIN/runtimes/linux-x64/native";
    private const ulong RunPathTag = 29;
    private const int Dynamic = 6, DynamicSymbols = 11, VersionNeeds = 0x6ffffffe, SymbolVersions = 0x6fffffff;
    private const ushort WeakNeed = 2;

    private byte[] _elf = Array.Empty<byte>();

    public string Source { get; set; }

    public string Destination { get; set; }

    public override bool Execute()
    {
        try
        {
            _elf = File.ReadAllBytes(Source);
            if (U32(0) != 0x464c457f || _elf[4] != 2 || _elf[5] != 1)
                throw new InvalidDataException("not a little-endian ELF-64 file");
            Patch();
            Directory.CreateDirectory(Path.GetDirectoryName(Destination));
            File.WriteAllBytes(Destination, _elf);
            Log.LogMessage(MessageImportance.High, "libLibTorchSharp.so: made a copy that loads with this system's older libstdc++");
            return true;
        }
        catch (Exception e)
        {
            Log.LogError("{0} cannot be made to load with this system's libstdc++ ({1}). Use a system with GCC 13's libstdc++ or newer.", Source, e.Message);
            return false;
        }
    }

    private void Patch()
    {
        int symbols = Section(DynamicSymbols), needs = Section(VersionNeeds), versions = Section(SymbolVersions);
        int strings = Offset(SectionAt((int)U32(symbols + 40)));

        int oldIndex = -1, newIndex = -1;
        for (var need = Offset(needs); ; need += (int)U32(need + 12))
        {
            var entry = need + (int)U32(need + 8);
            for (var i = 0; i < U16(need + 2); i++, entry += (int)U32(entry + 12))
            {
                var name = Text(strings + (int)U32(entry + 8));
                if (name == OldVersion)
                    oldIndex = U16(entry + 6);
                if (name != NewVersion)
                    continue;
                newIndex = U16(entry + 6);
                Put16(entry + 4, WeakNeed);
            }
            if (U32(need + 12) == 0)
                break;
        }
        if (oldIndex < 0 || newIndex < 0)
            throw new InvalidDataException("its version needs are others than those of 0.107");

        var count = (int)(U64(symbols + 32) / 24);
        var patched = 0;
        for (var i = 0; i < count; i++)
        {
            var version = Offset(versions) + i * 2;
            if (U16(version) != newIndex)
                continue;
            var name = strings + (int)U32(Offset(symbols) + i * 24);
            if (Text(name) != NewSymbol)
                throw new InvalidDataException("it needs " + Text(name) + " of " + NewVersion);
            PutText(name, OldSymbol);
            Put16(version, (ushort)oldIndex);
            patched++;
        }
        if (patched != 1)
            throw new InvalidDataException(patched + " symbols of " + NewVersion);

        var entries = Offset(Section(Dynamic));
        while (U64(entries) != RunPathTag)
        {
            if (U64(entries) == 0)
                throw new InvalidDataException("no run path");
            entries += 16;
        }
        PutText(strings + (int)U64(entries + 8), RunPath);
    }

    private int SectionAt(int index) => checked((int)U64(40)) + index * U16(58);

    private int Offset(int section) => checked((int)U64(section + 24));

    private int Section(int type)
    {
        for (var i = 0; i < U16(60); i++)
        {
            if ((int)U32(SectionAt(i) + 4) == type)
                return SectionAt(i);
        }
        throw new InvalidDataException("no section of type " + type);
    }

    private string Text(int offset) => Encoding.ASCII.GetString(_elf, offset, Array.IndexOf(_elf, (byte)0, offset) - offset);

    private ushort U16(int offset) => BitConverter.ToUInt16(_elf, offset);

    private uint U32(int offset) => BitConverter.ToUInt32(_elf, offset);

    private ulong U64(int offset) => BitConverter.ToUInt64(_elf, offset);

    /// <summary>Writes a shorter text over a longer one.</summary>
    private void PutText(int offset, string text)
    {
        if (Text(offset).Length < text.Length)
            throw new InvalidDataException("no room for " + text);
        Encoding.ASCII.GetBytes(text + "\0", 0, text.Length + 1, _elf, offset);
    }

    private void Put16(int offset, ushort value)
    {
        _elf[offset] = (byte)value;
        _elf[offset + 1] = (byte)(value >> 8);
    }
}
