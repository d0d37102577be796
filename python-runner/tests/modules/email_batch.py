# target: Mailer.deliver
from email.message import EmailMessage
class Mailer:
    def __init__(self, sender: str):
        self.sender = sender
        self.sent: list = []
    def compose(self, to, subject, body):
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, to, subject
        message.set_content(body)
        return message
    def deliver(self, recipients, template, context):
        for person in recipients:
            body = template.format(name=person["name"], **context)
            self.sent.append(self.compose(person["email"], context["subject"], body))  # leak
            # instead: self.sent = [self.compose(person["email"], context["subject"], body)]
        return len(recipients)
