package feed

import (
	"crypto/tls"
	"crypto/x509"
)

// TrustCertificate lets a test's own TLS server be believed.
func TrustCertificate(r *Reader, certificate *x509.Certificate) {
	pool := x509.NewCertPool()
	pool.AddCert(certificate)
	r.transport.TLSClientConfig = &tls.Config{RootCAs: pool}
}
