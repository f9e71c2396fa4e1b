using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Sidecar.Labelling;

namespace AccuracyMonitor.Sidecar.Tests.Labelling;

public sealed class AnnotatorsTests
{
    [Theory]
    // Nobody says who he is: the name given is all there is.
    [InlineData("local", "*=administer", "ann", "m", "ann")]
    [InlineData("anonymous", "*=label", "", "m", "")]
    // A name in a message never stands over an authenticated one.
    [InlineData("token:bob", "token:bob=label", "ann", "m", "token:bob")]
    [InlineData("token:bob", "token:bob=label", "", "m", "token:bob")]
    // Who administers the model may act for others.
    [InlineData("token:bridge", "token:bridge=administer", "ann", "m", "ann")]
    [InlineData("token:bridge", "token:bridge=administer", "", "m", "token:bridge")]
    [InlineData("token:bridge", "token:bridge=administer@m", "ann", "m", "ann")]
    [InlineData("token:bridge", "token:bridge=administer@m", "ann", "other", "token:bridge")]
    // An answer by its lease names no model.
    [InlineData("token:bridge", "token:bridge=administer@m", "ann", "", "token:bridge")]
    [InlineData("token:bridge", "token:bridge=administer", "ann", "", "ann")]
    public void Who_counts_as_the_annotator(string subject, string grant, string given, string model, string annotator) =>
        Annotators.Of(new Caller(subject, "", [Grant.Parse(grant)]), given, model).ShouldBe(annotator);

    [Fact]
    public void A_long_subject_is_cut_to_what_is_kept() =>
        Annotators.Of(new Caller(new string('s', 300), "", []), "", "m").Length.ShouldBe(Annotators.MaxLength);
}
