using System.Security.Cryptography;
using System.Text;
using AccuracyMonitor.Hosting.Access;

namespace AccuracyMonitor.Hosting.Tests.Access;

public sealed class TokenListTests
{
    [Fact]
    public void A_token_is_known_by_its_hash()
    {
        var list = TokenList.Parse($"# who may call\n\nops {Hash("s3cret")}\r\nci\t{Hash("other").ToUpperInvariant()}\n");

        list.NameOf("s3cret").ShouldBe("ops");
        list.NameOf("other").ShouldBe("ci");
        list.NameOf("s3cre").ShouldBeNull();
        list.NameOf("").ShouldBeNull();
        list.NameOf(Hash("s3cret")).ShouldBeNull();
    }

    [Theory]
    [InlineData("ops s3cret")]
    [InlineData("ops")]
    public void A_line_without_a_hash_is_refused_by_number_and_not_repeated(string line)
    {
        var refused = Should.Throw<FormatException>(() => TokenList.Parse($"\n{line}"));

        refused.Message.ShouldContain("line 2");
        refused.Message.ShouldNotContain("s3cret");
    }

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
