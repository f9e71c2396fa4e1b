using AccuracyMonitor.Sidecar.Labelling;

namespace AccuracyMonitor.Sidecar.Tests.Labelling;

public sealed class ClassTableReaderTests
{
    [Fact]
    public void A_class_is_found_by_its_name_its_alias_and_its_number_whatever_the_case()
    {
        var table = ClassTableReader.Read(
            """{"classes": ["Shirt", {"name": "Bag", "aliases": ["purse", "Tasche"], "colour": "#aa5500", "group": "other"}, "2"]}""");

        var bag = table.Classes[1];
        (bag.Name, bag.Colour, bag.Group).ShouldBe(("Bag", "#aa5500", "other"));
        bag.Aliases.ShouldBe(["purse", "Tasche"]);
        ((string[])["shirt", " BAG ", "PURSE", "tasche", "0", "2", "7"]).Select(table.Find).ShouldBe([0, 1, 1, 1, 0, 2, 7]);
        table.Find("bags").ShouldBeNull();
        table.Find("-1").ShouldBeNull();
    }

    [Fact]
    public void The_version_changes_with_names_and_aliases_alone()
    {
        var version = VersionOf("""{"classes": ["a", {"name": "b", "aliases": ["c"]}]}""");

        VersionOf("""{"classes":["a",{"name":"b","aliases":["c"],"colour":"#000000","group":"g"}]}""").ShouldBe(version);
        VersionOf("""{"classes": [{"name": "b", "aliases": ["c"]}, "a"]}""").ShouldNotBe(version);
        VersionOf("""{"classes": ["a", {"name": "c", "aliases": ["b"]}]}""").ShouldNotBe(version);
        VersionOf("""{"classes": ["a", "b"]}""").ShouldNotBe(version);
    }

    [Fact]
    public void Every_error_is_named()
    {
        var (table, errors) = ClassTableReader.Check(
            """
            {"classes": ["a", "", {"name": "A", "color": "red"}, {"aliases": ["x"]}, {"name": "b", "colour": "red", "aliases": "c"}, 5, "7",
              {"name": "d", "name": "e"}],
             "version": 2}
            """);

        table.ShouldBeNull();
        errors.ShouldBe(
        [
            "The file has the field 'version'; the fields are classes.",
            "classes[1] is empty.",
            "classes[2] has the field 'color'; the fields are name, aliases, colour, group.",
            "classes[2].name is 'A', which is also classes[0].",
            "classes[3].name is missing.",
            "classes[4].aliases must be a list of at most 20 names.",
            "classes[4].colour is 'red'; it must be #rrggbb.",
            "classes[5] must be a name or an object with a name.",
            "classes[6] is '7', which would be taken for a class number; the class is 6.",
            "classes[7] has the field 'name' twice.",
        ]);
    }

    [Theory]
    [InlineData("{\"classes\": [\"a\", \"\\ud800\"]}", "half of a surrogate pair")]
    [InlineData("not json", "The file is no JSON")]
    [InlineData("[\"a\", \"b\"]", "must be an object with the list \"classes\"")]
    [InlineData("{\"classes\": [\"a\"]}", "classes has 1 entries; it must have 2 to 10000")]
    public void A_file_that_is_no_table_is_refused(string text, string message) =>
        Should.Throw<FormatException>(() => ClassTableReader.Read(text)).Message.ShouldContain(message);

    private static string VersionOf(string text) => ClassTableReader.Read(text).Version;
}
