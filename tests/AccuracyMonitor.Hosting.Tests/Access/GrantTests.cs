using AccuracyMonitor.Hosting.Access;

namespace AccuracyMonitor.Hosting.Tests.Access;

public sealed class GrantTests
{
    [Theory]
    [InlineData("token:ops=administer", "token:ops", Roles.Administer, null)]
    [InlineData("jwt:system:serviceaccount:shop:web=observe@fashion,shoes", "jwt:system:serviceaccount:shop:web", Roles.Observe, "fashion,shoes")]
    [InlineData("cert:spiffe://shop/web=read,label", "cert:spiffe://shop/web", Roles.Read | Roles.Label, null)]
    [InlineData("cert:CN=odd=read", "cert:CN=odd", Roles.Read, null)]
    [InlineData("*=metrics", "*", Roles.Metrics, null)]
    public void A_line_names_a_subject_roles_and_models(string line, string subject, Roles roles, string? models)
    {
        var grant = Grant.Parse(line);

        (grant.Subject, grant.Roles).ShouldBe((subject, roles));
        (grant.Models is null ? null : string.Join(',', grant.Models.Order(StringComparer.Ordinal))).ShouldBe(models);
    }

    [Theory]
    [InlineData("token:ops", "is not SUBJECT=ROLE")]
    [InlineData("=read", "is not SUBJECT=ROLE")]
    [InlineData("token:ops=root", "'root' is no role; the roles are metrics, read, observe, label, administer.")]
    [InlineData("token:ops=read@", "names no model")]
    public void A_line_that_is_none_is_refused(string line, string message) =>
        Should.Throw<FormatException>(() => Grant.Parse(line)).Message.ShouldContain(message);

    [Fact]
    public void Roles_include_others_only_where_that_is_said()
    {
        var administrator = Grant.Parse("a=administer");
        foreach (var role in Enum.GetValues<Roles>())
        {
            administrator.Covers(role, "m").ShouldBeTrue();
        }

        var reader = Grant.Parse("r=read");
        reader.Covers(Roles.Metrics, "m").ShouldBeTrue();
        reader.Covers(Roles.Observe, "m").ShouldBeFalse();
        reader.Covers(Roles.Label, "m").ShouldBeFalse();
        reader.Covers(Roles.Administer, "m").ShouldBeFalse();
        Grant.Parse("l=label@m").Covers(Roles.Label, "other").ShouldBeFalse();
    }
}
