using AccuracyMonitor.Hosting.Access;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Hosting.Tests.Access;

public sealed class ModelOwnersTests
{
    private static readonly string[] Grants = ["token:shop=observe,label@m", "token:gateway=observe", "token:ops=administer", "token:team=administer@m,other"];

    private readonly ModelOwners _owners = new(Options.Create(new AccessOptions { Grants = Grants }));

    [Theory]
    [InlineData("token:shop", "m", true)]
    [InlineData("token:gateway", "m", false)]
    [InlineData("token:gateway", "other", true)]
    [InlineData("token:ops", "m", true)]
    [InlineData("token:team", "m", true)]
    [InlineData(Caller.Anonymous, "m", false)]
    [InlineData(Caller.Local, "m", true)]
    public void A_model_that_a_grant_names_is_opened_by_its_subject_or_who_is_trusted_with_it(string subject, string model, bool may)
    {
        Grant[] ofListener = subject is Caller.Local or Caller.Anonymous ? [new Grant(subject, Roles.Observe, null)] : [];
        var caller = new Caller(subject, "10.0.0.1", [.. Grants.Select(Grant.Parse).Where(g => g.Subject == subject), .. ofListener]);

        _owners.MayOpen(caller, model).ShouldBe(may);
    }
}
