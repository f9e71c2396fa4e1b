using System.Text;
using AccuracyMonitor.Injector.Serving;

namespace AccuracyMonitor.Injector.Tests.Serving;

public sealed class AdmissionReviewTests
{
    [Theory]
    [InlineData(""" "metadata":{"name":"\ud800"} """)]
    [InlineData(""" "\udc00":1 """)]
    public void Half_of_a_surrogate_pair_is_refused_before_anything_is_decided(string part)
    {
        var body = """{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","object":{PART}}}"""
            .Replace("PART", part, StringComparison.Ordinal);

        Should.Throw<FormatException>(() => AdmissionReview.Read(Encoding.UTF8.GetBytes(body))).Message.ShouldStartWith("The body is no JSON");
    }
}
