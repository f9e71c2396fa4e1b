using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
#if !ELF_ONLY
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
#endif

namespace AccuracyMonitor.Training.Build;

// Compiled twice: by MSBuild's RoslynCodeTaskFactory against netstandard2.0 (hence no spans), and with ELF_ONLY by the tests.
#if !ELF_ONLY
/// <summary>Marks one required symbol version of a shared library as weak, unless this host's own library has it. See docs/reference/libtorch.md.</summary>
public class WeakenSymbolVersion : Task
{
    /// <summary>The shared library; a private copy: it is replaced, never written through a link.</summary>
    [Required]
    public string Library { get; set; }

    /// <summary>For example <c>GLIBCXX_3.4.32</c>.</summary>
    [Required]
    public string Version { get; set; }

    /// <summary>Where this host keeps the library that should have the version; the first that exists is asked.</summary>
    public string[] Providers { get; set; }

    public override bool Execute()
    {
        foreach (var provider in Providers ?? new string[0])
        {
            if (File.Exists(provider))
            {
                if (ElfSymbolVersions.Mentions(File.ReadAllBytes(provider), Version))
                {
                    Log.LogMessage(MessageImportance.Low, "{0} has {1}: {2} is left as it is.", provider, Version, Library);
                    return true;
                }

                break;
            }
        }

        var image = File.ReadAllBytes(Library);
        if (ElfSymbolVersions.Weaken(image, Version) == 0)
        {
            return true;
        }

        // The same time stamp, so that the next incremental build does not copy the original over it again.
        var written = File.GetLastWriteTimeUtc(Library);
        var scratch = Library + ".weakened";
        File.WriteAllBytes(scratch, image);
        File.SetLastWriteTimeUtc(scratch, written);
        File.Delete(Library);
        File.Move(scratch, Library);
        Log.LogMessage(MessageImportance.High, "{0}: {1} made optional (this host's libstdc++ is older).", Path.GetFileName(Library), Version);
        return true;
    }
}
#endif

/// <summary>The needed-version table (<c>.gnu.version_r</c>) of a 64-bit little-endian ELF file. Layout: the generic ABI and the GNU
/// extension in the Linux Standard Base, "Symbol Versioning".</summary>
internal static class ElfSymbolVersions
{
    private const uint NeededVersions = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort Weak = 2; // VER_FLG_WEAK

    /// <summary>Sets the weak flag on every needed entry called <paramref name="version"/>.</summary>
    /// <returns>Entries changed: 0 where there is none, or all are weak already.</returns>
    /// <exception cref="InvalidDataException">Not a 64-bit little-endian ELF file, or its tables point outside it.</exception>
    public static int Weaken(byte[] image, string version)
    {
        if (image.Length < 64 || image[0] != 0x7f || image[1] != 'E' || image[2] != 'L' || image[3] != 'F' || image[4] != 2 || image[5] != 1)
        {
            throw new InvalidDataException("Not a 64-bit little-endian ELF file.");
        }

        try
        {
            var changed = 0;
            foreach (var entry in NeededEntries(image))
            {
                var flags = BitConverter.ToUInt16(image, entry + 4);
                if (BitConverter.ToUInt32(image, entry) == Hash(version) && (flags & Weak) == 0)
                {
                    image[entry + 4] |= (byte)Weak;
                    changed++;
                }
            }

            return changed;
        }
        catch (Exception e) when (e is ArgumentException || e is OverflowException || e is IndexOutOfRangeException)
        {
            throw new InvalidDataException("The ELF file's version table points outside the file.", e);
        }
    }

    /// <summary>Does the file's text contain the name? Enough to know a libstdc++ that defines the version.</summary>
    public static bool Mentions(byte[] image, string version)
    {
        var name = Encoding.ASCII.GetBytes(version + "\0");
        for (var i = Array.IndexOf(image, name[0]); i >= 0 && i + name.Length <= image.Length; i = Array.IndexOf(image, name[0], i + 1))
        {
            var n = 1;
            while (n < name.Length && image[i + n] == name[n])
            {
                n++;
            }

            if (n == name.Length)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The System V ELF hash that a vernaux carries of its version's name.</summary>
    public static uint Hash(string name)
    {
        uint hash = 0;
        foreach (var c in name)
        {
            hash = (hash << 4) + c;
            var high = hash & 0xf0000000;
            hash = (hash ^ (high >> 24)) & ~high;
        }

        return hash;
    }

    private static IEnumerable<int> NeededEntries(byte[] image)
    {
        var headers = checked((int)BitConverter.ToUInt64(image, 0x28));
        int size = BitConverter.ToUInt16(image, 0x3a);
        int count = BitConverter.ToUInt16(image, 0x3c);
        for (var s = 0; s < count; s++)
        {
            var header = headers + (s * size);
            if (BitConverter.ToUInt32(image, header + 4) != NeededVersions)
            {
                continue;
            }

            var need = checked((int)BitConverter.ToUInt64(image, header + 0x18));
            var needs = BitConverter.ToUInt32(image, header + 0x2c);
            for (var n = 0u; n < needs; n++)
            {
                int entries = BitConverter.ToUInt16(image, need + 2);
                var entry = checked(need + (int)BitConverter.ToUInt32(image, need + 8));
                for (var e = 0; e < entries; e++)
                {
                    yield return entry;
                    entry = checked(entry + (int)BitConverter.ToUInt32(image, entry + 12));
                }

                need = checked(need + (int)BitConverter.ToUInt32(image, need + 12));
            }
        }
    }
}
