namespace AccuracyMonitor.Core.Tests;

public sealed class PredictionIdsTests
{
    [Fact]
    public void Ids_of_different_callers_are_different_and_lead_back_to_their_prefix()
    {
        var ids = new[] { "", PredictionIds.PrefixOf("token:a"), PredictionIds.PrefixOf("token:a#"), PredictionIds.PrefixOf("a") }
            .SelectMany(static prefix => new[] { "1", "#1", "token:a" }.Select(id => prefix + id)).ToArray();

        ids.Distinct().Count().ShouldBe(ids.Length);
        PredictionIds.PrefixIn("token:a␟1").ShouldBe(PredictionIds.PrefixOf("token:a"));
        PredictionIds.PrefixIn("1").ShouldBe("");
    }

    [Fact]
    public void A_long_subject_or_one_with_the_separator_is_kept_as_its_hash()
    {
        string[] subjects = ["jwt:a␟b", "jwt:a", new('s', 128), new('s', 129), new('s', 130)];

        var prefixes = subjects.Select(PredictionIds.PrefixOf).ToArray();

        prefixes.Distinct().Count().ShouldBe(subjects.Length);
        prefixes.ShouldAllBe(p => p.IndexOf(PredictionIds.Separator) == p.Length - 1);
        (PredictionIds.MaxReported + prefixes.Max(static p => p.Length)).ShouldBe(PredictionIds.MaxKept);
    }

    [Theory]
    [InlineData("x", "x", true)]
    [InlineData("␟x", "x", true)]
    [InlineData("x", "token:a␟x", true)]
    [InlineData("token:a␟x", "token:a␟x", true)]
    [InlineData("␟x", "token:a␟x", false)]
    [InlineData("token:b␟x", "token:a␟x", false)]
    [InlineData("x", "token:a␟xx", false)]
    [InlineData("x", "xx", false)]
    public void An_id_names_what_its_caller_reported(string given, string kept, bool names) => PredictionIds.Names(given, kept).ShouldBe(names);
}
