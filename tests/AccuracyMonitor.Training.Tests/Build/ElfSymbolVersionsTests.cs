using System.Buffers.Binary;
using System.Text;
using AccuracyMonitor.Training.Build;

namespace AccuracyMonitor.Training.Tests.Build;

public class ElfSymbolVersionsTests
{
    private const int FirstEntry = 64 + 16;

    [Fact]
    public void The_named_version_becomes_weak_and_nothing_else_changes()
    {
        var image = Elf("GLIBCXX_3.4.30", "GLIBCXX_3.4.32", "CXXABI_1.3");
        var before = (byte[])image.Clone();

        ElfSymbolVersions.Weaken(image, "GLIBCXX_3.4.32").ShouldBe(1);

        image[FirstEntry + 16 + 4].ShouldBe((byte)2);
        image[FirstEntry + 16 + 4] = 0;
        image.ShouldBe(before);
    }

    [Fact]
    public void A_second_time_changes_nothing()
    {
        var image = Elf("GLIBCXX_3.4.32");
        ElfSymbolVersions.Weaken(image, "GLIBCXX_3.4.32").ShouldBe(1);
        var once = (byte[])image.Clone();

        ElfSymbolVersions.Weaken(image, "GLIBCXX_3.4.32").ShouldBe(0);
        image.ShouldBe(once);
    }

    [Fact]
    public void A_library_without_the_entry_is_left_alone()
    {
        var image = Elf("GLIBCXX_3.4.30");
        ElfSymbolVersions.Weaken(image, "GLIBCXX_3.4.32").ShouldBe(0);
        ElfSymbolVersions.Weaken(Elf(), "GLIBCXX_3.4.32").ShouldBe(0);
    }

    [Fact]
    public void The_hash_is_the_one_in_the_real_library() =>
        ElfSymbolVersions.Hash("GLIBCXX_3.4.32").ShouldBe(0x0297f842u);

    [Fact]
    public void A_version_is_found_only_by_its_whole_name()
    {
        var text = Encoding.ASCII.GetBytes("GLGLIBCXX_3.4.3\0GLIBCXX_3.4.30\0");
        ElfSymbolVersions.Mentions(text, "GLIBCXX_3.4.3").ShouldBeTrue();
        ElfSymbolVersions.Mentions(text, "GLIBCXX_3.4.30").ShouldBeTrue();
        ElfSymbolVersions.Mentions(text, "GLIBCXX_3.4.32").ShouldBeFalse();
    }

    [Fact]
    public void What_is_no_ELF_file_or_a_damaged_one_is_refused()
    {
        Should.Throw<InvalidDataException>(() => ElfSymbolVersions.Weaken(new byte[100], "V"));
        var whole = Elf("GLIBCXX_3.4.32");
        foreach (var length in new[] { 3, 63, 80, whole.Length - 70 })
        {
            Should.Throw<InvalidDataException>(() => ElfSymbolVersions.Weaken(whole[..length], "GLIBCXX_3.4.32"));
        }
    }

    /// <summary>Header, one verneed with its vernaux entries, and a table of one section header.</summary>
    private static byte[] Elf(params string[] versions)
    {
        var sections = FirstEntry + (16 * versions.Length);
        var image = new byte[sections + 64];
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(image);
        void Put16(int at, int value) => BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(at), (ushort)value);
        void Put32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(at), value);

        Put32(0x28, (uint)sections);
        Put16(0x3a, 64);
        Put16(0x3c, 1);
        Put32(sections + 4, 0x6ffffffe);
        Put32(sections + 0x18, 64);
        Put32(sections + 0x2c, versions.Length == 0 ? 0u : 1u);
        Put16(64, 1);
        Put16(64 + 2, versions.Length);
        Put32(64 + 8, 16);
        for (var i = 0; i < versions.Length; i++)
        {
            Put32(FirstEntry + (16 * i), ElfSymbolVersions.Hash(versions[i]));
            Put32(FirstEntry + (16 * i) + 12, i + 1 < versions.Length ? 16u : 0u);
        }

        return image;
    }
}
